// Bringing two people's changes of one document together: what only one of them changed is kept.
import { same, type Document, type Json } from './document';

export interface Merged {
  document: Document;
  /** Places that both changed, each in her own way; there mine stands. */
  clashes: string[];
}

/** Merge what I made of `base` with what they made of it. */
export function merge(base: Document, mine: Document, theirs: Document): Merged {
  const clashes: string[] = [];
  const document = merged(base as unknown as Json, mine as unknown as Json, theirs as unknown as Json, '', clashes);
  return { document: document as unknown as Document, clashes };
}

type Part = Json | undefined;

function merged(base: Part, mine: Part, theirs: Part, place: string, clashes: string[]): Part {
  if (same(mine, theirs) || same(theirs, base)) {
    return mine;
  }
  if (same(mine, base)) {
    return theirs;
  }
  const named = [base, mine, theirs].map(byName);
  const [before, here, there] = named;
  if (before === undefined || here === undefined || there === undefined) {
    clashes.push(place);
    return mine;
  }
  const names = [...new Set([...here.keys(), ...there.keys()])];
  const result: [string, Json][] = [];
  for (const name of names) {
    const part = merged(before.get(name), here.get(name), there.get(name), `${place}/${name}`, clashes);
    if (part !== undefined) {
      result.push([name, part]);
    }
  }
  return Array.isArray(mine) ? result.map(([, part]) => part) : Object.fromEntries(result);
}

/** The parts of an object by key, or of a list of things with ids by id; undefined for anything else. */
function byName(value: Part): Map<string, Json> | undefined {
  if (Array.isArray(value)) {
    const ids = value.map((each) => (typeof each === 'object' && each !== null && !Array.isArray(each) ? each['id'] : undefined));
    return ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length
      ? new Map(value.map((each, index) => [String(ids[index]), each]))
      : undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  return new Map(Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
