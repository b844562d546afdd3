// Which control a part of the document needs, read from its schema.
import described from '../../../../../docs/program.schema.json';

export interface Schema {
  $ref?: string;
  type?: string;
  enum?: string[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  default?: unknown;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

const root = described as unknown as Schema & { $defs: Record<string, Schema> };

/** The schema of a part by name; the whole document is `Program`. */
export function partOf(name: string): Schema {
  return name === 'Program' ? root : (root.$defs[name] ?? {});
}

export type Shape =
  | { kind: 'part'; name: string }
  | { kind: 'texts'; plural: boolean }
  | { kind: 'choice'; values: string[] }
  | { kind: 'flag'; only: boolean }
  | { kind: 'whole'; least?: number; most?: number }
  | { kind: 'number' }
  | { kind: 'day' }
  | { kind: 'text' }
  | { kind: 'list'; of: Shape }
  | { kind: 'several'; of: Shape }
  | { kind: 'map'; of: Shape }
  | { kind: 'fixed' }
  | { kind: 'either'; of: { name: string; shape: Shape }[] };

/** Tell what a schema asks for. */
export function shapeOf(schema: Schema): Shape {
  if (schema.$ref !== undefined) {
    return { kind: 'part', name: schema.$ref.split('/').at(-1) ?? '' };
  }
  if (schema.anyOf !== undefined) {
    return ofAny(schema.anyOf.filter((each) => each.type !== 'null'));
  }
  if (schema.enum !== undefined) {
    return { kind: 'choice', values: schema.enum };
  }
  if (schema.const !== undefined) {
    return schema.type === 'boolean' ? { kind: 'flag', only: true } : { kind: 'fixed' };
  }
  if (schema.type === 'array') {
    return { kind: 'list', of: shapeOf(schema.items ?? {}) };
  }
  const entries = Object.values(schema.patternProperties ?? {})[0] ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  if (schema.type === 'object' && entries !== undefined) {
    return { kind: 'map', of: shapeOf(entries) };
  }
  return ofPlain(schema);
}

function ofPlain(schema: Schema): Shape {
  switch (schema.type) {
    case 'boolean':
      return { kind: 'flag', only: false };
    case 'integer': {
      const least = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + 1);
      return { kind: 'whole', ...(least === undefined ? {} : { least }), ...(schema.maximum === undefined ? {} : { most: schema.maximum }) };
    }
    case 'number':
      return { kind: 'number' };
    default:
      return schema.format === 'date' || schema.format === 'date-time' ? { kind: 'day' } : { kind: 'text' };
  }
}

function ofAny(ways: Schema[]): Shape {
  const [first, second] = ways;
  if (first === undefined) {
    return { kind: 'fixed' };
  }
  if (ways.length === 1) {
    return shapeOf(first);
  }
  const shapes = ways.map(shapeOf);
  if (shapes.every((each) => each.kind === 'day')) {
    return { kind: 'day' };
  }
  if (ways.some((each) => each.type === 'number') && ways.some((each) => each.type === 'string')) {
    return { kind: 'number' };
  }
  const texts = ways.find((each) => each.patternProperties !== undefined);
  if (first.type === 'string' && texts !== undefined) {
    return { kind: 'texts', plural: false };
  }
  if (second?.type === 'array' && ways.length === 2 && shapes[0]?.kind === 'part') {
    return { kind: 'several', of: shapes[0] };
  }
  return {
    kind: 'either',
    of: ways.map((each, index) => ({ name: each.$ref?.split('/').at(-1) ?? each.type ?? String(index), shape: shapes[index] ?? { kind: 'fixed' } })),
  };
}
