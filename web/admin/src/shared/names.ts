// What the parts of a program are called, by their ids: marketers read names, never ids.
import { api } from '@api';
import { useParams } from '@tanstack/react-router';
import { BUILT_IN } from './events';
import { useMay } from './session';
import { useLanguage, type Language } from './words';

export interface Names {
  wallet: (id: string) => string;
  /** What so many units of a wallet are called: one stamp, two stamps. */
  units: (id: string, count: number) => string;
  /** Whether a wallet keeps money: its units are minor units of the program's currency. */
  isMoney: (id: string) => boolean;
  /** Whether a wallet only counts towards tiers: nothing of it can be spent. */
  isQualifying: (id: string) => boolean;
  reward: (id: string) => string;
  campaign: (id: string) => string;
  tier: (id: string) => string;
  ladder: (id: string) => string;
  rule: (id: string) => string;
  event: (type: string) => string;
  /** A budget by its key, as `campaign:spring`. */
  budget: (key: string) => string;
}

type Part = Record<string, unknown>;

function parts(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter((each): each is Part => typeof each === 'object' && each !== null) : [];
}

/** A text of the document in a language, else in any; of plural forms the one for many. */
export function textIn(text: unknown, language: Language): string | undefined {
  if (typeof text === 'string') {
    return text;
  }
  if (typeof text !== 'object' || text === null) {
    return undefined;
  }
  const by = text as Record<string, unknown>;
  const found = by[language] ?? Object.entries(by).find(([key]) => key.startsWith(`${language}-`))?.[1] ?? Object.values(by)[0];
  if (typeof found === 'object' && found !== null && 'other' in found) {
    return String((found as { other: unknown }).other);
  }
  return typeof found === 'string' ? found : undefined;
}

/** The form for one of a text that has plural forms. */
function singular(text: unknown, language: Language): string | undefined {
  const found = typeof text === 'object' && text !== null ? (text as Record<string, unknown>)[language] : undefined;
  return typeof found === 'object' && found !== null && 'one' in found ? String((found as { one: unknown }).one) : undefined;
}

/** An id as words, where nobody gave a name. */
export function spelled(id: string): string {
  const spaced = id.replace(/[_-]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Names of the parts of the program whose pages are open, as its draft has them. */
export function useNames(): Names {
  const language = useLanguage();
  const { program = '' } = useParams({ strict: false });
  const may = useMay();
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } }, { staleTime: 300_000, enabled: program !== '' && may('program:read') });
  return namesOf((draft.data?.document ?? {}) as Part, language);
}

/** Paying with a wallet stands among rewards as `pay:points`. */
const PAY = 'pay:';
const PAY_WITH: Record<Language, string> = { en: 'Pay with', es: 'Pagar con' };

/** The names that a document gives. */
export function namesOf(document: Part, language: Language): Names {
  const wallets = (document['wallets'] ?? {}) as Record<string, Part>;
  const campaigns = parts(document['campaigns']);
  const ladders = parts(document['ladders']);
  const all = (key: string) => [...parts(document[key]), ...campaigns.flatMap((each) => parts(each[key]))];
  const named = (list: Part[], id: string) => {
    const found = list.find((each) => each['id'] === id);
    return textIn(found?.['label'] ?? found?.['name'], language) ?? spelled(id);
  };
  const units = (id: string) => textIn(wallets[id]?.['label'], language) ?? spelled(id);
  const names = {
    wallet: (id: string) => capital(units(id)),
    units: (id: string, count: number) => (Math.abs(count) === 1 ? singular(wallets[id]?.['label'], language) : undefined) ?? units(id).toLocaleLowerCase(language),
    isMoney: (id: string) => wallets[id]?.['kind'] === 'money',
    isQualifying: (id: string) => wallets[id]?.['kind'] === 'qualifying',
    reward: (id: string) => (id.startsWith(PAY) ? `${PAY_WITH[language]} ${units(id.slice(PAY.length))}` : named(all('rewards'), id)),
    campaign: (id: string) => named(campaigns, id),
    tier: (id: string) => named(ladders.flatMap((each) => parts(each['tiers'])), id),
    ladder: (id: string) => named(ladders, id),
    rule: (id: string) => named(all('earning'), id),
    event: (type: string) => BUILT_IN[language][type] ?? textIn(((document['events'] ?? {}) as Record<string, Part>)[type]?.['label'], language) ?? spelled(type.replaceAll('.', ' ')),
  };
  return {
    ...names,
    budget: (key: string) => {
      const [kind = '', id = key] = key.split(':');
      // Of the whole program the budget is called as the program is.
      if (kind === 'program') {
        return textIn(document['name'], language) ?? spelled(kind);
      }
      return kind === 'campaign' ? names.campaign(id) : kind === 'reward' ? names.reward(id) : names.rule(id);
    },
  };
}
