// The languages of the app. Each feature brings its own words: `const t = useWords(en, es)`.
import { speak } from '@api';
import i18next from 'i18next';
import { whole } from './format';
import { initReactI18next, useTranslation } from 'react-i18next';

export const LANGUAGES = { en: 'English', es: 'Español' } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = 'puntal.language';

function isLanguage(value: string | null | undefined): value is Language {
  return value === 'en' || value === 'es';
}

/** The language chosen in this browser before, else the first of the browser's that we have. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) {
    return kept;
  }
  const spoken = navigator.languages.map((each) => each.slice(0, 2).toLowerCase());
  return spoken.find(isLanguage) ?? 'en';
}

// Features register their words while modules load, so there must be somewhere to put them from the first line on.
void i18next.use(initReactI18next).init({
  lng: preferredLanguage(),
  fallbackLng: 'en',
  resources: {},
  initAsync: false,
  interpolation: { escapeValue: false },
});
applied(preferredLanguage());

/** Change the language of everything at once, and remember it in this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
  applied(language);
}

function applied(language: Language): void {
  document.documentElement.lang = language;
  speak(language);
}

/** The language in use now. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return isLanguage(i18n.language) ? i18n.language : 'en';
}

/** Numbers within sentences as their readers write them; which plural form it is, the number itself decides. */
function written(values: Record<string, unknown>, language: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'number' && isLanguage(language) ? whole(value, language) : value]));
}

export type WordsOf<English> = { [Key in keyof English]: English[Key] extends string ? string : WordsOf<English[Key]> };

/*
 * Registers a feature's words under a name and returns what its components use:
 *
 *   export const useMemberWords = words('members', en, es);
 *   const { t } = useMemberWords();  t('search')
 */
export function words<English extends object>(name: string, en: English, es: WordsOf<English>) {
  i18next.addResourceBundle('en', name, en, true, true);
  i18next.addResourceBundle('es', name, es, true, true);
  return () => {
    const { t, i18n } = useTranslation(name);
    return {
      t: (key: Leaves<English>, values?: Record<string, unknown>): string => String((t as Plain)(key, values === undefined ? {} : { ...values, replace: written(values, i18n.language) })),
      language: (isLanguage(i18n.language) ? i18n.language : 'en') as Language,
    };
  };
}

type Plain = (key: string, values: Record<string, unknown>) => unknown;

/** Dotted paths to the strings of an object; plural forms (`key_one`, `key_other`) are named by `key`. */
type Leaves<Words> = {
  [Key in keyof Words & string]: Words[Key] extends string
    ? Key extends `${infer Stem}_one` | `${infer Stem}_other` | `${infer Stem}_many`
      ? Stem
      : Key
    : `${Key}.${Leaves<Words[Key]>}`;
}[keyof Words & string];
