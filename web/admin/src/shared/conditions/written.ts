// Between the short form of the document and what the builder shows. Nothing is lost either way.
import type { Catalogue } from './fields';
import { isGroup, MONTH, WEEKDAY, type Asked, type Field, type Group, type Lines, type Written } from './model';

const LINES = new Set<string>(['some_line', 'every_line', 'no_line']);
const LISTED = new Set(['in', 'not_in']);

/** The condition is written in another dialect: ask the server for its short form. */
export class OtherDialect extends Error {}

let made = 0;
function newId(): string {
  made += 1;
  return `c${made}`;
}

export function emptyGroup(more: Partial<Group> = {}): Group {
  return { id: newId(), combinator: 'and', rules: [], ...more };
}

export function newQuestion(field: Field | undefined, name: string): Asked {
  const operator = field?.operators[0] ?? 'is';
  return { id: newId(), field: name, operator: usual(field) ?? operator, value: field?.type === 'flag' ? 'true' : '' };
}

/** What people most often want to ask a field of its type. */
function usual(field: Field | undefined): string | undefined {
  if (field === undefined) {
    return undefined;
  }
  if (field.name === MONTH || field.name === WEEKDAY) {
    return 'is';
  }
  return { number: 'at_least', money: 'at_least', date: 'at_least', list: 'contains', text: 'is', choice: 'is', flag: 'is' }[field.type];
}

/** The builder's state of a written condition. */
export function readCondition(written: Written | null, catalogue: Catalogue): Group {
  if (written === null) {
    return emptyGroup();
  }
  const part = readPart(written, catalogue);
  return isGroup(part) && part.lines === undefined ? part : emptyGroup({ rules: [part] });
}

function readPart(written: unknown, catalogue: Catalogue): Group | Asked {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new OtherDialect();
  }
  const parts = Object.entries(written).flatMap(([key, value]) => readEntry(key, value, catalogue));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : emptyGroup({ rules: parts });
}

function readEntry(key: string, value: unknown, catalogue: Catalogue): (Group | Asked)[] {
  if (key === 'all' || key === 'any') {
    if (!Array.isArray(value) || value.some((each) => isLinesVariable(each))) {
      throw new OtherDialect();
    }
    return [emptyGroup({ combinator: key === 'all' ? 'and' : 'or', rules: value.map((each) => readPart(each, catalogue)) })];
  }
  if (key === 'not') {
    const inner = readPart(value, catalogue);
    return [isGroup(inner) && !inner.not && inner.lines === undefined ? { ...inner, not: true } : emptyGroup({ not: true, rules: [inner] })];
  }
  if (LINES.has(key)) {
    const inner = readPart(value, catalogue);
    const lines = key as Lines;
    return [isGroup(inner) && !inner.not && inner.lines === undefined ? { ...inner, lines } : emptyGroup({ lines, rules: [inner] })];
  }
  if (!key.includes('.')) {
    throw new OtherDialect();
  }
  if (typeof value !== 'object' || value === null) {
    return [readQuestion(key, 'is', value, catalogue)];
  }
  if (Array.isArray(value)) {
    return [readQuestion(key, 'in', value, catalogue)];
  }
  return Object.entries(value).map(([operator, operand]) => readQuestion(key, operator, operand, catalogue));
}

function readQuestion(field: string, operator: string, operand: unknown, catalogue: Catalogue): Asked {
  const id = newId();
  const text = (value: unknown): string => typed(value, catalogue.find(field));
  if (operator === 'exists') {
    return { id, field, operator: operand === false ? 'missing' : 'exists', value: '' };
  }
  if (Array.isArray(operand)) {
    return { id, field, operator, value: operand.map(text) };
  }
  if (typeof operand === 'object' && operand !== null && 'field' in operand) {
    return { id, field, operator, value: String(operand.field), valueSource: 'field' };
  }
  return { id, field, operator, value: text(operand) };
}

function isLinesVariable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'var' in value;
}

/** As people type it: amounts lose their currency, which the field knows. */
function typed(value: unknown, field: Field | undefined): string {
  return field?.type === 'money' ? String(value).replace(/ ?[A-Z]{3}$/, '') : String(value);
}

export interface Placed {
  written: Written | null;
  /** Where each question stands in `written`, to tell whose the server's faults are. */
  places: Map<string, string>;
  /** Questions without a value. */
  missing: Set<string>;
}

interface Part {
  written: Written;
  places: [string, string][];
}

/** The short form of the builder's state. */
export function writeCondition(group: Group, catalogue: Catalogue): Placed {
  const missing = new Set<string>();
  const part = writeGroup(group, catalogue, missing);
  return { written: part?.written ?? null, places: new Map(part?.places), missing };
}

function writeGroup(group: Group, catalogue: Catalogue, missing: Set<string>): Part | null {
  const parts = group.rules
    .map((each) => (isGroup(each) ? writeGroup(each, catalogue, missing) : writeQuestion(each, catalogue, missing)))
    .filter((each): each is Part => each !== null);
  let joined = join(parts, group.combinator);
  if (joined !== null && group.lines !== undefined) {
    joined = below(group.lines, joined);
  }
  return joined !== null && group.not ? below('not', joined) : joined;
}

function join(parts: Part[], combinator: string): Part | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) {
    return first ?? null;
  }
  const keys = parts.flatMap((part) => Object.keys(part.written));
  if (combinator === 'and' && new Set(keys).size === keys.length && !keys.some((key) => key === 'all' || key === 'any')) {
    return { written: Object.assign({}, ...parts.map((part) => part.written)) as Written, places: parts.flatMap((part) => part.places) };
  }
  const word = combinator === 'or' ? 'any' : 'all';
  return {
    written: { [word]: parts.map((part) => part.written) },
    places: parts.flatMap((part, index) => part.places.map(([id, path]): [string, string] => [id, `/${word}/${index}${path}`])),
  };
}

function below(word: string, part: Part): Part {
  return { written: { [word]: part.written }, places: part.places.map(([id, path]) => [id, `/${word}${path}`]) };
}

function writeQuestion(asked: Asked, catalogue: Catalogue, missing: Set<string>): Part | null {
  const id = asked.id ?? '';
  if (asked.field === '') {
    missing.add(id);
    return null;
  }
  const field = catalogue.find(asked.field);
  const written = operandOf(asked, field);
  if (written === undefined) {
    missing.add(id);
  }
  const place: [string, string][] = [[id, `/${asked.field}`]];
  if (asked.operator === 'is' && asked.valueSource !== 'field') {
    return { written: { [asked.field]: written ?? '' }, places: place };
  }
  const operator = asked.operator === 'missing' ? 'exists' : asked.operator;
  return { written: { [asked.field]: { [operator]: written ?? '' } }, places: place };
}

function operandOf(asked: Asked, field: Field | undefined): unknown {
  if (asked.operator === 'exists' || asked.operator === 'missing') {
    return asked.operator === 'exists';
  }
  const given = Array.isArray(asked.value) ? asked.value : [asked.value];
  if (asked.valueSource === 'field') {
    return given[0] ? { field: given[0] } : undefined;
  }
  const many = LISTED.has(asked.operator) || asked.operator === 'between';
  const values = given.filter((each) => each !== '').map((each) => valueOf(each, field));
  if (values.length === 0 || (asked.operator === 'between' && values.length < 2)) {
    return undefined;
  }
  return many ? values : values[0];
}

function valueOf(value: string, field: Field | undefined): unknown {
  switch (field?.type) {
    case 'money':
      return `${value} ${field.currency}`;
    case 'number':
      return Number(value);
    case 'flag':
      return value === 'true';
    default:
      return value;
  }
}

/** What a question keeps when it is asked something else: a value only where it still fits. */
export function withOperator(asked: Asked, operator: string): Asked {
  const many = LISTED.has(operator) || operator === 'between';
  const kept = Array.isArray(asked.value) ? asked.value : asked.value === '' ? [] : [asked.value];
  const value = many ? kept.slice(0, operator === 'between' ? 2 : undefined) : (kept[0] ?? '');
  return { ...asked, operator, value, ...(many && { valueSource: 'value' as const }) };
}
