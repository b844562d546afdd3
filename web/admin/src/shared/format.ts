// How numbers, money and time are written. Everything takes the language; nothing asks the browser's clock.
import { dates, numbers } from './intl';
import type { Language } from './words';

/** Points and counts: 12,345 or 12.345. */
export function whole(value: number, language: Language): string {
  return numbers(language, { useGrouping: 'always' } as Intl.NumberFormatOptions).format(value);
}

/** A share between 0 and 1 as a percentage; `null` (nothing to divide by) as a dash. */
export function share(value: number | null | undefined, language: Language, digits = 1): string {
  if (value === null || value === undefined) {
    return '–';
  }
  return numbers(language, { style: 'percent', maximumFractionDigits: digits }).format(value);
}

/** Money in minor units of a currency, as its readers write it. */
export function money(minor: number, currency: string, language: Language): string {
  const format = numbers(language, {
    style: 'currency',
    currency,
    useGrouping: 'always',
  } as Intl.NumberFormatOptions);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** How many decimals a currency has. */
export function decimals(currency: string): number {
  return numbers('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** A day in the program's zone: 3 Mar 2026. */
export function day(instant: string | Date, zone: string, language: Language): string {
  return dates(language, { dateStyle: 'medium', timeZone: zone }).format(new Date(instant));
}

/** Day and time in the program's zone. */
export function moment(instant: string | Date, zone: string, language: Language): string {
  return dates(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(
    new Date(instant),
  );
}

/** As `moment`, to the second: of what follows within one. */
export function second(instant: string | Date, zone: string, language: Language): string {
  return dates(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone }).format(new Date(instant));
}
