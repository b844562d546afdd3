// What a row of a file says of a member: which column is what, and days, countries and languages as people write them.
import type { Schemas } from '@api';
import { countries } from '@shared/countries';
import { sentOf } from './own-fields';
import type { OwnField } from './program';

export const PLAIN = ['name', 'email', 'phone', 'card', 'birthday', 'country', 'locale', 'enrolled_at'] as const;
export type Plain = (typeof PLAIN)[number];
export type Column = Plain | OwnField | null;
/** A file writes days with the day first, or as in America with the month first. */
type Order = 'day' | 'month';

// How spreadsheets call what we ask for, in both languages.
const CALLED: Record<Plain, RegExp> = {
  name: /^(name|nombre|full ?name|nombre completo|nombre y apellidos)$/i,
  email: /^(e-?mail( address)?|mail|correo( electr[oó]nico)?)$/i,
  phone: /^(phone( number)?|tel[eé]fono|m[oó]vil|mobile)$/i,
  card: /^(card|tarjeta|card number|n[uú]mero de tarjeta)$/i,
  birthday: /^(birthday|birth ?date|date of birth|cumplea[nñ]os|fecha de nacimiento)$/i,
  country: /^(country|pa[ií]s)$/i,
  locale: /^(locale|language|idioma)$/i,
  enrolled_at: /^(enrolled_at|enrolled|joined|alta|fecha de alta)$/i,
};
const LANGUAGES: Record<string, string> = { espanol: 'es', castellano: 'es', spanish: 'es', ingles: 'en', english: 'en' };
const COUNTRIES: Record<string, string> = { uk: 'GB', usa: 'US', 'ee. uu.': 'US', eeuu: 'US' };

/** What each column is, by its name; of two that are the same the first. */
export function columnsOf(heads: string[], fields: OwnField[]): Column[] {
  const taken = new Set<Column>();
  return heads.map((head) => {
    const column = columnOf(head.trim(), fields);
    if (column === null || taken.has(column)) {
      return null;
    }
    taken.add(column);
    return column;
  });
}

function columnOf(head: string, fields: OwnField[]): Column {
  const plain = PLAIN.find((each) => CALLED[each].test(head));
  const same = (text: string) => text.localeCompare(head, undefined, { sensitivity: 'base' }) === 0;
  return plain ?? fields.find((each) => same(each.name) || same(each.label)) ?? null;
}

/** Our own files put an apostrophe before what a spreadsheet would run, as phone numbers begin. */
export function asWritten(cell: string): string {
  return cell.replace(/^'(?=[=+\-@])/, '');
}

/** Reads every row of a file in the same way. */
export function reader(columns: Column[], rows: readonly { cells: string[] }[], currency: string, consents: Schemas['ConsentIn'][]): (cells: string[]) => Schemas['EnrolIn'] {
  const order = new Map(columns.map((column, at) => [column, orderOf(rows.map((row) => row.cells[at] ?? ''))]));
  return (cells) => {
    const value = (name: Plain): string | null => cells[columns.indexOf(name)]?.trim() || null;
    const dated = (name: Plain): string | null => dayOf(value(name), order.get(name));
    const own = columns.flatMap((column, index): [OwnField, string][] => {
      const cell = cells[index]?.trim() ?? '';
      return column !== null && typeof column !== 'string' && cell !== '' ? [[column, column.type === 'date' ? (dayOf(cell, order.get(column)) ?? cell) : cell]] : [];
    });
    const enrolled = dated('enrolled_at');
    return {
      ids: { email: value('email'), phone: value('phone'), card: value('card') },
      name: value('name'),
      birthday: dated('birthday')?.replace(/^(\d{4}-\d{2}-\d{2})T.*$/, '$1') ?? null,
      country: countryOf(value('country')),
      locale: languageOf(value('locale')),
      enrolled_at: enrolled === null ? null : /^\d{4}-\d{2}-\d{2}$/.test(enrolled) ? `${enrolled}T12:00:00Z` : /T[\d:.]+$/.test(enrolled) ? `${enrolled}Z` : enrolled,
      attributes: sentOf(own.map(([field]) => field), Object.fromEntries(own.map(([field, cell]) => [field.name, ownValue(field, cell)])), currency) as Record<string, never>,
      consents,
    };
  };
}

function ownValue(field: OwnField, cell: string): string | string[] {
  if (field.type === 'list') {
    return cell.split('|').map((each) => each.trim());
  }
  return field.type === 'flag' ? String(/^(true|yes|s[ií]|1|x)$/i.test(cell)) : cell;
}

const SHORT = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/;

/** 24/03/2001 says its order by itself; a column that never does is read with the day first. */
function orderOf(cells: string[]): Order {
  const read = cells.map((each) => SHORT.exec(each.trim())).filter((each) => each !== null);
  return read.some((each) => Number(each[2]) > 12) && !read.some((each) => Number(each[1]) > 12) ? 'month' : 'day';
}

function dayOf(cell: string | null, order: Order | undefined): string | null {
  const short = SHORT.exec(cell ?? '');
  if (short !== null) {
    const [, first = '', second = '', year = ''] = short;
    const [day, month] = order === 'month' ? [second, first] : [first, second];
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  }
  const long = /^(\d{4})[./](\d{1,2})[./](\d{1,2})$/.exec(cell ?? '');
  return long === null ? cell : `${long[1] ?? ''}-${(long[2] ?? '').padStart(2, '0')}-${(long[3] ?? '').padStart(2, '0')}`;
}

function plainly(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

let named: Map<string, string> | null = null;

function countryOf(cell: string | null): string | null {
  if (cell === null || /^[a-z]{2}$/i.test(cell)) {
    return cell === null ? null : (COUNTRIES[plainly(cell)] ?? cell.toUpperCase());
  }
  named ??= new Map((['en', 'es'] as const).flatMap((language) => countries(language).map((each) => [plainly(each.label), each.value])));
  return COUNTRIES[plainly(cell)] ?? named.get(plainly(cell)) ?? cell;
}

function languageOf(cell: string | null): string | null {
  return cell === null ? null : (LANGUAGES[plainly(cell)] ?? cell);
}
