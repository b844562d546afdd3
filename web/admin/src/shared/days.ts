// Local days of a program, as `2026-03-31`: what periods are made of. Pure; a day has no zone once it is named.
import { dates } from './intl';
import type { Language } from './words';

/** The day it is for a program. */
export function today(now: string, zone: string): string {
  return dates('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(now));
}

/** The instant at which a program's clock shows a local time as `2026-03-31T09:30`; of an hour that a clock skips, the one after. */
export function instantOf(local: string, zone: string): string {
  const shown = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  const wanted = Date.parse(`${local}Z`);
  let at = wanted;
  // Twice: the first guess may stand on the other side of a change of the clocks.
  for (let turn = 0; turn < 2; turn += 1) {
    at += wanted - Date.parse(`${shown.format(at).replace(', ', 'T')}Z`);
  }
  return new Date(at).toISOString();
}

/** So many days later, or earlier. */
export function plusDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The first day of the month so many months later, or earlier. */
export function monthStart(day: string, months = 0): string {
  const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + months);
  return at.toISOString().slice(0, 10);
}

const UTC = { timeZone: 'UTC' } as const;

/** 3 Mar 2026. */
export function dayName(day: string, language: Language): string {
  return dates(language, { dateStyle: 'medium', ...UTC }).format(new Date(`${day}T00:00:00Z`));
}

/** 3 Mar. */
export function shortDay(day: string, language: Language): string {
  return dates(language, { day: 'numeric', month: 'short', ...UTC }).format(new Date(`${day}T00:00:00Z`));
}

/** Mar 2026. */
export function monthName(day: string, language: Language): string {
  return dates(language, { month: 'short', year: 'numeric', ...UTC }).format(new Date(`${day}T00:00:00Z`));
}

/** What a period is called that may be a day, a month or a year: 3 Mar 2026, March 2026, 2026; any other by its ends. */
export function periodName(from: string, through: string, language: Language): string {
  if (from === through) {
    return dayName(from, language);
  }
  const isMonths = from.endsWith('-01') && plusDays(through, 1).endsWith('-01');
  if (isMonths && from.slice(0, 7) === through.slice(0, 7)) {
    return dates(language, { month: 'long', year: 'numeric', ...UTC }).format(new Date(`${from}T00:00:00Z`));
  }
  return isMonths && from.endsWith('-01-01') && plusDays(through, 1) === `${Number(from.slice(0, 4)) + 1}-01-01` ? from.slice(0, 4) : span(from, through, language);
}

/** 1 – 31 Mar 2026. */
export function span(from: string, through: string, language: Language): string {
  return dates(language, { dateStyle: 'medium', ...UTC }).formatRange(
    new Date(`${from}T00:00:00Z`),
    new Date(`${through}T00:00:00Z`),
  );
}
