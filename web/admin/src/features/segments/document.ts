// Segments as the program document has them, and where else in it they are named.
import { textIn, spelled } from '@shared/names';
import type { Language } from '@shared/words';

export type Json = Record<string, unknown>;

export interface WrittenSegment {
  label?: string | Record<string, string> | null;
  when?: Json | null;
  list?: true | null;
}

export function segmentsOf(document: Json): Record<string, WrittenSegment> {
  return (document['segments'] ?? {}) as Record<string, WrittenSegment>;
}

export function labelOf(segment: WrittenSegment | undefined, id: string, language: Language): string {
  return textIn(segment?.label, language) ?? spelled(id);
}

export const SECTIONS = ['earning', 'rewards', 'campaigns', 'segments', 'ladders', 'wallets', 'joining'] as const;
export type Section = (typeof SECTIONS)[number] | 'other';

export interface Use {
  section: Section;
  name: string;
}

/** Every part of the document that asks for a segment: its audience, or a condition. */
export function usesOf(document: Json, id: string, language: Language): Use[] {
  const found: Use[] = [];
  for (const [key, value] of Object.entries(document)) {
    const section = (SECTIONS as readonly string[]).includes(key) ? (key as Section) : 'other';
    for (const [name, part] of partsOf(value, key, language)) {
      if (mentions(part, id) && !(section === 'segments' && part === segmentsOf(document)[id])) {
        found.push({ section, name });
      }
    }
  }
  return found;
}

function partsOf(value: unknown, key: string, language: Language): [string, unknown][] {
  const nameOf = (part: unknown, otherwise: string): string => {
    const said = part as Json | null;
    return textIn(said?.['label'] ?? said?.['name'], language) ?? spelled(typeof said?.['id'] === 'string' ? said['id'] : otherwise);
  };
  if (Array.isArray(value)) {
    return value.map((part, index) => [nameOf(part, `${key} ${index + 1}`), part]);
  }
  if (key === 'segments' || key === 'wallets') {
    return Object.entries((value ?? {}) as Json).map(([each, part]) => [nameOf(part, each), part]);
  }
  return [[spelled(key), value]];
}

function mentions(value: unknown, id: string): boolean {
  if (Array.isArray(value)) {
    return value.some((each) => mentions(each, id));
  }
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return Object.entries(value).some(([key, inner]) => {
    if ((key === 'any' || key === 'none') && Array.isArray(inner) && inner.includes(id)) {
      return true;
    }
    if (key === 'member.segments') {
      return names(inner, id);
    }
    return (key === 'in' && Array.isArray(inner) && inner[0] === id) || mentions(inner, id);
  });
}

function names(operand: unknown, id: string): boolean {
  return operand === id || (typeof operand === 'object' && operand !== null && Object.values(operand).some((each) => names(each, id)));
}

/** The document with a segment put in, replaced or taken out. */
export function withSegment(document: Json, id: string, segment: WrittenSegment | undefined): Json {
  const { [id]: before, ...others } = segmentsOf(document);
  if (segment === undefined) {
    return { ...document, segments: others };
  }
  // In its place, so that the difference shows only what changed.
  return { ...document, segments: before === undefined ? { ...others, [id]: segment } : { ...segmentsOf(document), [id]: segment } };
}

/** A name in each of the program's languages as the document writes it: one text where all are the same. */
export function textOf(byLanguage: Record<string, string>): WrittenSegment['label'] {
  const said = Object.entries(byLanguage).filter(([, text]) => text.trim() !== '');
  const [first] = said;
  return said.length <= 1 ? (first?.[1].trim() ?? null) : Object.fromEntries(said.map(([key, text]) => [key, text.trim()]));
}

/** The other way: a text for each of the languages. */
export function textsOf(label: WrittenSegment['label'], locales: readonly string[]): Record<string, string> {
  return Object.fromEntries(locales.map((each) => [each, typeof label === 'string' ? label : (label?.[each] ?? '')]));
}
