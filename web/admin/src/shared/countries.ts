// Countries by their names in the user's language.
import type { Language } from './words';

interface Country {
  value: string;
  label: string;
}

// Codes that are no country, or none any more.
const NO_COUNTRY = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ', 'AN', 'BU', 'CS', 'DD', 'FX', 'NT', 'SU', 'TP', 'UK', 'YD', 'YU', 'ZR']);
const known = new Map<Language, Country[]>();

/** Every country the browser has a name for, by name. */
export function countries(language: Language): Country[] {
  const before = known.get(language);
  if (before !== undefined) {
    return before;
  }
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  const found = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !NO_COUNTRY.has(code))
    .map((value) => ({ value, label: names.of(value) ?? '' }))
    .filter((each) => each.label !== '')
    .sort((one, other) => one.label.localeCompare(other.label, language));
  known.set(language, found);
  return found;
}
