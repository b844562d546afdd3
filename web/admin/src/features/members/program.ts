// What the program's document says of members: ladders, fields of one's own, consents, wallets.
import { api } from '@api';
import { spelled, textIn, useNames } from '@shared/names';
import { useMay } from '@shared/session';
import { useLanguage, type Language } from '@shared/words';
import { useParams } from '@tanstack/react-router';

type Part = Record<string, unknown>;

export interface OwnField {
  name: string;
  label: string;
  type: 'text' | 'number' | 'money' | 'flag' | 'date' | 'choice' | 'list';
  choices: string[];
}

export interface Purpose {
  id: string;
  text: string;
  channels: string[];
  isRequired: boolean;
}

/** So many units of a wallet become so many of another. */
export interface Conversion {
  to: string;
  take: number;
  give: number;
}

export interface WalletOf {
  id: string;
  name: string;
  kind: string;
  currency: string | null;
  isRetired: boolean;
  isTransferable: boolean;
  conversions: Conversion[];
}

export interface Ladder {
  /** The wallet whose earnings count, where it is that. */
  counts: string | null;
  id: string;
  name: string;
  tiers: { id: string; name: string }[];
}

function useDocument(): Part {
  const may = useMay();
  const { program = '' } = useParams({ strict: false });
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } }, { staleTime: 300_000, enabled: program !== '' && may('program:read') });
  return (draft.data?.document ?? {}) as Part;
}

function list(value: unknown): Part[] {
  return Array.isArray(value) ? (value as Part[]) : [];
}

function map(value: unknown): [string, Part][] {
  return typeof value === 'object' && value !== null ? (Object.entries(value) as [string, Part][]) : [];
}

function called(part: Part, id: string, language: Language): string {
  const name = textIn(part['name'] ?? part['label'], language) ?? spelled(id);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function useLadders(): Ladder[] {
  const language = useLanguage();
  return list(useDocument()['ladders']).map((ladder) => ({
    id: String(ladder['id']),
    name: called(ladder, String(ladder['id']), language),
    counts: typeof (ladder['measure'] as Part | undefined)?.['earned'] === 'string' ? String((ladder['measure'] as Part)['earned']) : null,
    tiers: list(ladder['tiers']).map((tier) => ({ id: String(tier['id']), name: called(tier, String(tier['id']), language) })),
  }));
}

/** The fields of members that this program declares itself. */
export function useOwnFields(): OwnField[] {
  const language = useLanguage();
  return map(useDocument()['fields'])
    .filter(([name]) => name.startsWith('member.'))
    .map(([name, field]) => ({
      name: name.slice('member.'.length),
      label: called(field, name.slice('member.'.length), language),
      type: field['type'] as OwnField['type'],
      choices: (field['choices'] as string[] | undefined) ?? [],
    }));
}

export function usePurposes(): Purpose[] {
  const language = useLanguage();
  const document = useDocument();
  const joining = (document['joining'] ?? {}) as Part;
  const required = (joining['consents'] as string[] | undefined) ?? [];
  return list(document['consents']).map((each) => ({
    id: String(each['id']),
    text: textIn(each['text'], language) ?? spelled(String(each['id'])),
    channels: (each['channels'] as string[] | undefined) ?? [],
    isRequired: required.includes(String(each['id'])),
  }));
}

export function useWallets(): WalletOf[] {
  const language = useLanguage();
  return map(useDocument()['wallets']).map(([id, wallet]) => ({
    id,
    name: called(wallet, id, language),
    kind: typeof wallet['kind'] === 'string' ? wallet['kind'] : 'points',
    currency: typeof wallet['currency'] === 'string' ? wallet['currency'] : null,
    isRetired: wallet['retired'] === true,
    isTransferable: wallet['transferable'] === true,
    conversions: list(wallet['convert']).map((each) => ({ to: String(each['to']), take: Number(each['take']), give: Number(each['give']) })),
  }));
}

/** What events are called. */
export function useEventNames(): (type: string) => string {
  return useNames().event;
}
