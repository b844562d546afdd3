// A place of the document as people know it: the part by its name, then its fields by their labels.
import { at, placeOf, said, steps, type Document, type Fields, type Texts } from './document';
import { labelOf, type useDraftWords } from './words';

type Words = ReturnType<typeof useDraftWords>['t'];

/** What holds parts that have names of their own; the name says enough. */
const HOLDERS = new Set(['earning', 'wallets', 'ladders', 'tiers', 'limits', 'rewards', 'campaigns', 'segments', 'fields', 'events', 'consents', 'pools', 'reward_kinds']);

function fieldOf(t: Words, step: string): string {
  const label = labelOf(t, step);
  return label.startsWith('f.') ? step.replaceAll('_', ' ') : label;
}

/** "Birthday gift: What it gives, Points" for `/earning/birthday/award/points`. */
export function placed(document: Document, place: string, language: string, t: Words): string {
  const path = steps(place);
  const names: string[] = [];
  const fields: string[] = [];
  for (const [index, step] of path.entries()) {
    const isPart = fields.length === 0 && HOLDERS.has(path[index - 1] ?? '');
    if (isPart) {
      const part = at(document, placeOf(...path.slice(0, index + 1))) as Fields | undefined;
      names.push(said((part?.['label'] ?? part?.['name'] ?? part?.['text']) as Texts | undefined, language, step.replaceAll('_', ' ')));
    } else if (!(fields.length === 0 && HOLDERS.has(step) && index + 1 < path.length)) {
      fields.push(/^\d+$/.test(step) ? String(Number(step) + 1) : fieldOf(t, step));
    }
  }
  return [...(names.length === 0 ? [] : [names.join(', ')]), ...(fields.length === 0 ? [] : [fields.join(', ')])].join(': ');
}
