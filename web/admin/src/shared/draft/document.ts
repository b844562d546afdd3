// The program document as it is edited: its parts by name, and how one finds and replaces them.
import type { components } from '@document';

type Parts = components['schemas'];
export type Document = Parts['Program'];
export type Rule = Parts['Rule'];
export type Award = Parts['Award'];
export type Wallet = Parts['Wallet'];
export type Ladder = Parts['Ladder'];
export type Tier = Parts['Tier'];
export type Reward = Parts['Reward'];
export type Campaign = Parts['Campaign'];
export type Limit = Parts['Limit'];
export type Budget = Parts['Budget'];
export type Expiry = Parts['Expiry'];
export type Available = Parts['Available'];
export type During = Parts['During'];
export type People = Parts['People'];
export type Cost = Parts['Cost'];
export type Texts = NonNullable<Rule['label']>;
export type PartName = keyof Parts;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type Fields = { [key: string]: Json | undefined };

/*
 * A place is written as a JSON pointer in which elements of lists are named by their id: `/earning/double_monday`,
 * `/campaigns/spring/rewards/mug`. The server's faults count elements instead; `counted` translates.
 */
export function steps(place: string): string[] {
  return place.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function placeOf(...names: string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function indexIn(list: Json[], step: string): number {
  return list.findIndex((each, index) => (isFields(each) && 'id' in each ? each['id'] === step : String(index) === step));
}

/** What stands at a place, or undefined. */
export function at(document: Document, place: string): Json | undefined {
  let here: Json | undefined = document as unknown as Json;
  for (const step of steps(place)) {
    if (Array.isArray(here)) {
      here = here[indexIn(here, step)];
    } else {
      here = isFields(here) ? here[step] : undefined;
    }
  }
  return here;
}

/** The document with something else at a place; undefined takes it away, a new name of a list is appended. */
export function put(document: Document, place: string, value: Json | undefined): Document {
  return replaced(document as unknown as Json, steps(place), value) as unknown as Document;
}

function replaced(here: Json | undefined, path: string[], value: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  if (Array.isArray(here)) {
    const index = indexIn(here, step);
    const inner = replaced(index < 0 ? undefined : here[index], rest, value);
    if (index < 0) {
      return inner === undefined ? here : [...here, inner];
    }
    return inner === undefined ? here.filter((_, other) => other !== index) : here.map((each, other) => (other === index ? inner : each));
  }
  const before = isFields(here) ? here : {};
  const held = before[step];
  const opened = held === undefined && rest.length === 1 && LISTS.has(step) ? [] : held;
  const inner = replaced(opened, rest, value);
  const { [step]: _, ...others } = before;
  return inner === undefined ? others : held === undefined ? { ...others, [step]: inner } : { ...before, [step]: inner };
}

/** Sections that are lists of things with ids; the others map ids to things. */
const LISTS = new Set(['earning', 'campaigns', 'rewards', 'ladders', 'tiers', 'consents']);

/** The same place with elements counted, as the server's faults and sentences name it. */
export function counted(document: Document, place: string): string {
  let here: Json | undefined = document as unknown as Json;
  const named = steps(place).map((step) => {
    if (Array.isArray(here)) {
      const index = indexIn(here, step);
      here = index < 0 ? undefined : here[index];
      return String(index);
    }
    here = isFields(here) ? here[step] : undefined;
    return step;
  });
  return placeOf(...named);
}

/** Whether two parts say the same, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  return written(one) === written(other);
}

function written(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).filter(([, each]) => each !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? '';
}

/** A name nobody has yet, made of what people call the thing. */
export function newId(name: string, taken: Iterable<string>): string {
  const known = new Set(taken);
  const plain = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 40);
  const stem = plain || 'new';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}_${number}`;
    if (!known.has(id)) {
      return id;
    }
  }
}

/** Every rule of the document, those of campaigns among them, with its place. */
export function rulesOf(document: Document): { rule: Rule; place: string }[] {
  return [
    ...(document.earning ?? []).map((rule) => ({ rule, place: placeOf('earning', rule.id) })),
    ...(document.campaigns ?? []).flatMap((campaign) =>
      (campaign.earning ?? []).map((rule) => ({ rule, place: placeOf('campaigns', campaign.id, 'earning', rule.id) })),
    ),
  ];
}

/** Every reward, those of campaigns among them, with its place. */
export function rewardsOf(document: Document): { reward: Reward; place: string; campaign?: Campaign }[] {
  return [
    ...(document.rewards ?? []).map((reward) => ({ reward, place: placeOf('rewards', reward.id) })),
    ...(document.campaigns ?? []).flatMap((campaign) =>
      (campaign.rewards ?? []).map((reward) => ({ reward, campaign, place: placeOf('campaigns', campaign.id, 'rewards', reward.id) })),
    ),
  ];
}

/** A text in a language, else in any. */
export function said(text: Texts | null | undefined, language: string, otherwise = ''): string {
  if (typeof text === 'string') {
    return text;
  }
  const found = text?.[language] ?? Object.values(text ?? {})[0];
  return found === undefined ? otherwise : typeof found === 'string' ? found : found.other;
}
