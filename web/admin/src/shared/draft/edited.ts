// Which part of the program a form is about, as it stands in an address: `/earning/double_monday`, `/rewards/+` for a new one.
import { at, placeOf, said, steps, type Document, type Fields, type PartName, type Texts } from './document';
import type { Edited } from './editor';

const LISTED: Record<string, PartName> = {
  earning: 'Rule', wallets: 'Wallet', ladders: 'Ladder', limits: 'SharedLimit', rewards: 'Reward', campaigns: 'Campaign', fields: 'CustomField',
  events: 'EventType', consents: 'Consent', pools: 'Pool', reward_kinds: 'RewardKind', segments: 'Segment',
};
const SINGLE: Record<string, PartName> = { joining: 'Joining', orders: 'Orders', policies: 'Policies', till: 'Till', stacking: 'Stacking' };

/** Reads an address; null where it names nothing there is. */
export function editedOf(place: string, document: Document): Edited | null {
  if (place === '/') {
    return { part: 'Program', parent: '', id: null };
  }
  const path = steps(place);
  const single = path.length === 1 ? SINGLE[path[0] ?? ''] : undefined;
  if (single !== undefined) {
    return { part: single, parent: place, id: null, begin: {} };
  }
  const part = LISTED[path.at(-2) ?? ''];
  const id = path.at(-1) ?? '';
  if (part === undefined || (id !== '+' && at(document, place) === undefined)) {
    return null;
  }
  return { part, parent: placeOf(...path.slice(0, -1)), id: id === '+' ? null : id, begin: beginOf(part, document) };
}

/** What a new part begins with: complete enough to read as a sentence. */
function beginOf(part: PartName, document: Document): Fields {
  const wallet = Object.entries(document.wallets ?? {}).find(([, each]) => each.kind === 'points')?.[0] ?? Object.keys(document.wallets ?? {})[0] ?? 'points';
  const { currency } = document;
  switch (part) {
    case 'Rule':
      return { on: 'purchase', award: { wallet, points: 1, per: `1.00 ${currency}`, of: 'order.net' } };
    case 'Wallet':
      return { kind: 'points', expiry: { after: '12 months', end_of: 'month' } };
    case 'Ladder':
      return { measure: { spend: 'order.net' }, tiers: [{ id: 'base' }] };
    case 'SharedLimit':
      return { rules: [], points: 100, per: 'month' };
    case 'Reward':
      return { kind: 'amount_off', value: `5.00 ${currency}`, cost: { wallet, points: 500 } };
    case 'CustomField':
      return { type: 'text' };
    case 'Consent':
      return { text: {} };
    case 'Pool':
      return { wallets: [wallet] };
    default:
      return {};
  }
}

/** What the part is called, for the title of its form. */
export function titleOf(edited: Edited, document: Document, language: string): string | null {
  if (edited.id === null) {
    return null;
  }
  const part = at(document, edited.parent + placeOf(edited.id)) as Fields | undefined;
  return said((part?.['label'] ?? part?.['name'] ?? part?.['text']) as Texts | undefined, language, edited.id);
}
