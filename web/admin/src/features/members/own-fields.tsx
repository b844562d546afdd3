// Inputs for the fields of members that the program declares itself.
import { MultiSelect, Select, TagsInput, TextInput } from '@mantine/core';
import { AmountInput } from '@shared/amount-input';
import { DayInput } from '@shared/day-input';
import { decimals } from '@shared/format';
import { useState } from 'react';
import type { OwnField } from './program';
import { useMemberWords } from './words';

/** As inputs hold them: text, or several texts. */
export type Own = Record<string, string | string[]>;

interface OwnProps {
  fields: OwnField[];
  values: Own;
  currency: string;
  /** What is wrong with some of them, by name. */
  errors?: Record<string, string>;
  /** Names of days in which stands what is no day. */
  onUnread?: (names: string[]) => void;
  onChange: (values: Own) => void;
}

export function OwnFields({ fields, values, currency, errors = {}, onUnread, onChange }: OwnProps) {
  const [unread, setUnread] = useState<string[]>([]);
  const tell = (name: string, isUnread: boolean): void => {
    const now = isUnread ? [...unread.filter((each) => each !== name), name] : unread.filter((each) => each !== name);
    setUnread(now);
    onUnread?.(now);
  };
  return fields.map((field) => (
    <OwnInput
      key={field.name}
      field={field}
      value={values[field.name] ?? ''}
      currency={currency}
      error={errors[field.name]}
      onUnread={(text) => tell(field.name, text !== null)}
      onChange={(value) => onChange({ ...values, [field.name]: value })}
    />
  ));
}

interface OneProps {
  field: OwnField;
  value: string | string[];
  currency: string;
  error: string | undefined;
  onUnread: (text: string | null) => void;
  onChange: (value: string | string[]) => void;
}

function OwnInput({ field, value, currency, error, onUnread, onChange }: OneProps) {
  const { t } = useMemberWords();
  const text = Array.isArray(value) ? (value[0] ?? '') : value;
  const several = Array.isArray(value) ? value : value === '' ? [] : [value];
  switch (field.type) {
    case 'choice':
      return <Select label={field.label} error={error} data={field.choices} value={text === '' ? null : text} onChange={(chosen) => onChange(chosen ?? '')} clearable />;
    case 'list':
      return field.choices.length > 0 ? (
        <MultiSelect label={field.label} error={error} data={field.choices} value={several} onChange={onChange} />
      ) : (
        <TagsInput label={field.label} error={error} value={several} onChange={onChange} />
      );
    case 'flag':
      return (
        <Select
          label={field.label} error={error}
          data={[
            { value: 'true', label: t('yes') },
            { value: 'false', label: t('no') },
          ]}
          value={text === '' ? null : text}
          onChange={(chosen) => onChange(chosen ?? '')}
          clearable
        />
      );
    case 'number':
    case 'money':
      return (
        <AmountInput
          label={field.label} error={error}
          value={text}
          onChange={(typed) => onChange(String(typed))}
          {...(field.type === 'money' ? { currency } : { allowDecimal: false })}
          hideControls
        />
      );
    case 'date':
      return <DayInput label={field.label} error={error} value={text} clearable onUnread={onUnread} onChange={onChange} />;
    default:
      return <TextInput label={field.label} error={error} value={text} maxLength={500} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}

type Sent = string | number | boolean | string[] | null;

/** As the server wants them; empty ones are null, which takes them away. */
export function sentOf(fields: OwnField[], values: Own, currency: string): Record<string, Sent> {
  return Object.fromEntries(fields.filter((field) => field.name in values).map((field) => [field.name, oneSent(field, values[field.name] ?? '', currency)]));
}

function oneSent(field: OwnField, value: string | string[], currency: string): Sent {
  if (Array.isArray(value)) {
    return field.type === 'list' ? value : (value[0] ?? null);
  }
  if (value === '') {
    return null;
  }
  switch (field.type) {
    case 'number':
      return Number(value);
    case 'money':
      return `${Number(value).toFixed(decimals(currency))} ${currency}`;
    case 'flag':
      return value === 'true';
    case 'list':
      return [value];
    default:
      return value;
  }
}

/** As inputs want what the server holds: money comes in minor units. */
export function heldOf(fields: OwnField[], attributes: Record<string, unknown>, currency: string): Own {
  return Object.fromEntries(
    fields.map((field) => {
      const held = attributes[field.name];
      if (Array.isArray(held)) {
        return [field.name, held.map(String)];
      }
      if (field.type === 'money' && typeof held === 'number') {
        return [field.name, (held / 10 ** decimals(currency)).toFixed(decimals(currency))];
      }
      return [field.name, held === null || held === undefined ? '' : String(held)];
    }),
  );
}
