// The nouns of the builder.
import type { Schemas } from '@api';
import type { RuleGroupType, RuleType } from 'react-querybuilder';

/** A condition as the program document writes it. */
export type Written = Record<string, unknown>;
export type Field = Schemas['FieldOut'];
/** Fields whose numbers are months, and days of the week: they are chosen by name. */
export const MONTH = 'member.birthday_month';
export const WEEKDAY = 'order.weekday';
/** Where a condition stands, which decides what it can ask. */
export type Place = 'segment' | 'event' | 'line';

export interface Checked {
  /** Complete, and the server finds nothing wrong. False while it is being asked. */
  ok: boolean;
  /** The condition in words; null while something is wrong, or where there is no condition. */
  sentence: string | null;
}

export interface ConditionsProps {
  program: string;
  /** `null`: no condition, it always holds. */
  value: Written | null;
  onChange: (value: Written | null) => void;
  /** In a segment, in a rule on `event`, or in a filter of order lines. */
  of?: Place;
  /** With `event`: which event the rule is on; `purchase` if not said. */
  event?: string;
  /** Ask the saved draft what there is to ask, instead of the program in force. */
  draft?: boolean;
  onCheck?: (checked: Checked) => void;
  /** What stands where there is no condition: "Everybody", "Every purchase". */
  always?: string;
}

export type Lines = 'some_line' | 'every_line' | 'no_line';

/** A question. Values are text as people type it, or several of them; the field knows what to make of it. */
export type Asked = RuleType<string, string, string | string[]>;
export type Group = Omit<RuleGroupType<Asked>, 'rules'> & {
  rules: (Group | Asked)[];
  /** Of some, every or no line of the order, instead of the whole. */
  lines?: Lines;
};

export function isGroup(part: Group | Asked): part is Group {
  return 'rules' in part;
}
