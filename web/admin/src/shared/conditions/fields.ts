// What can be asked, arranged for choosing: sums over a window are one entry each, whatever the window.
import type { Field } from './model';

export const DIMENSIONS = ['category', 'product', 'channel', 'store', 'brand'] as const;
export const WINDOWS = [
  'lifetime', 'days', 'this_month', 'last_month', 'this_quarter', 'last_quarter', 'this_calendar_year', 'last_calendar_year',
] as const;
export const MOST_DAYS = 1095;

export type Dimension = (typeof DIMENSIONS)[number];

/** A sum's name taken apart: `member.spend.category.dairy.last_30_days`. */
export interface Sum {
  /** `spend`, `orders`, `items` or `events.<type>`. */
  metric: string;
  dimension: Dimension | null;
  of: string;
  window: string;
}

const SUMS = new Set(['spend', 'orders', 'items']);
const LAST = /^last_([1-9]\d{0,3})_days$/;
const ALIASES: Record<string, string> = { this_year: 'this_calendar_year', last_year: 'last_calendar_year' };

/** The days of `last_N_days`; null of other windows. */
export function daysOf(window: string): number | null {
  const found = LAST.exec(window);
  return found ? Number(found[1]) : null;
}

export function readSum(name: string): Sum | null {
  const [scope, kind = '', ...rest] = name.split('.');
  if (scope !== 'member' || (kind !== 'events' && !SUMS.has(kind))) {
    return null;
  }
  if (rest.length === 0) {
    return kind === 'events' ? null : { metric: kind, dimension: null, of: '', window: 'lifetime' };
  }
  const last = rest[rest.length - 1] ?? '';
  const window = ALIASES[last] ?? last;
  if (daysOf(window) === null && !(WINDOWS as readonly string[]).includes(window)) {
    return null;
  }
  const middle = rest.slice(0, -1);
  if (kind === 'events') {
    return middle.length === 0 ? null : { metric: `events.${middle.join('.')}`, dimension: null, of: '', window };
  }
  const [dimension, ...of] = middle;
  if (dimension === undefined) {
    return { metric: kind, dimension: null, of: '', window };
  }
  return (DIMENSIONS as readonly string[]).includes(dimension) ? { metric: kind, dimension: dimension as Dimension, of: of.join('.'), window } : null;
}

export function writeSum(sum: Sum): string {
  const dimension = sum.dimension === null ? '' : `.${sum.dimension}.${sum.of}`;
  const bare = sum.window === 'lifetime' && dimension === '' && !sum.metric.startsWith('events.');
  return bare ? `member.${sum.metric}` : `member.${sum.metric}${dimension}.${sum.window}`;
}

/** The entry a field belongs to in the list to choose from. */
export function entryOf(name: string): string {
  const sum = readSum(name);
  return sum === null ? name : `sum:${sum.metric}`;
}

/** The name to begin with when an entry is chosen. */
export function firstOf(entry: string): string {
  const metric = entry.startsWith('sum:') ? entry.slice(4) : null;
  if (metric === null) {
    return entry;
  }
  return metric.startsWith('events.') ? `member.${metric}.last_30_days` : `member.${metric}`;
}

export type Shelf = 'person' | 'bought' | 'did' | 'holds' | 'order' | 'line' | 'event' | 'context';

function shelfOf(field: Field): Shelf {
  if (field.scope !== 'member') {
    return field.scope as Shelf;
  }
  const [, kind = ''] = field.name.split('.');
  if (kind === 'events') {
    return 'did';
  }
  if (SUMS.has(kind) || ['average_order', 'days_since_first_order', 'days_since_last_order'].includes(kind)) {
    return 'bought';
  }
  return ['points', 'earned', 'spent', 'tier', 'tiers'].includes(kind) ? 'holds' : 'person';
}

export interface Entry {
  value: string;
  label: string;
  shelf: Shelf;
}

/** The catalogue by name, and the entries to choose from, each once. */
export class Catalogue {
  readonly byName: Map<string, Field>;
  readonly entries: Entry[] = [];

  constructor(fields: readonly Field[]) {
    this.byName = new Map(fields.map((each) => [each.name, each]));
    const seen = new Set<string>();
    // `member.tiers.<first ladder>` says the same as `member.tier`.
    const ladders = fields.filter((each) => each.name.startsWith('member.tiers.'));
    const hidden = new Set(['member.id', ...(ladders.length === 1 ? ladders.map((each) => each.name) : [])]);
    for (const field of fields) {
      const value = entryOf(field.name);
      if (!seen.has(value) && !hidden.has(field.name)) {
        seen.add(value);
        this.entries.push({ value, label: capital(field.summed ?? field.label), shelf: shelfOf(field) });
      }
    }
  }

  /** The field of a name; sums in any window and of any category are like those listed. */
  find(name: string): Field | undefined {
    const sum = readSum(name);
    return this.byName.get(name) ?? (sum === null ? undefined : this.likeSum(sum));
  }

  /** The label of the entry a name belongs to, for showing what is chosen. */
  labelOf(name: string): string {
    const entry = entryOf(name);
    return this.entries.find((each) => each.value === entry)?.label ?? capital(this.byName.get(name)?.label ?? name);
  }

  private likeSum(sum: Sum): Field | undefined {
    return this.byName.get(`member.${sum.metric}`) ?? this.byName.get(`member.${sum.metric}.last_30_days`);
  }
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
