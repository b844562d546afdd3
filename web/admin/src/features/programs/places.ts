// Whose fault it is: the part of the document at a path that counts elements, by name and as an address of its form.
import { placeOf, said, steps, type Document, type Fields, type Json, type Texts } from '@shared/draft/document';

const PARTS = new Set(['earning', 'wallets', 'ladders', 'limits', 'rewards', 'campaigns', 'fields', 'events', 'consents', 'pools', 'reward_kinds']);
const SINGLE = new Set(['joining', 'orders', 'policies', 'till', 'stacking']);

export function placeNamed(document: Document, path: string, language: string): { name: string; place: string | null } {
  const names: string[] = [];
  let here: Json | undefined = document as unknown as Json;
  let found: { name: string; place: string | null } | null = null;
  for (const [index, step] of steps(path).entries()) {
    const parent = steps(path)[index - 1] ?? '';
    if (index === 0 && SINGLE.has(step)) {
      return { name: step, place: placeOf(step) };
    }
    here = Array.isArray(here) ? here[Number(step)] : typeof here === 'object' && here !== null ? (here as Fields)[step] : undefined;
    const part = here as Fields | undefined;
    const id = typeof part === 'object' && part !== null && typeof part['id'] === 'string' ? part['id'] : step;
    names.push(id);
    if (PARTS.has(parent) && typeof part === 'object') {
      found = { name: said((part?.['label'] ?? part?.['name'] ?? part?.['text']) as Texts | undefined, language, id), place: placeOf(...names) };
    }
  }
  return found ?? { name: steps(path)[0] ?? '', place: '/' };
}
