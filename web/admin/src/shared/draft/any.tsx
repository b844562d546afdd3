// A form of any part of the document, made from its schema; parts that deserve better have controls of their own.
import { Accordion, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { Conditions, type Written } from '@shared/conditions';
import type { ComponentType } from 'react';
import type { Fields, Json, Texts } from './document';
import { nameOf, Together, useFaults, useForm, useLabel, type Control } from './form';
import { ImageInput } from './image';
import { ChoiceInput, DayInput, EnumInput, FlagInput, MoneyInput, NumberField, PercentInput, SpanInput, TextField, TextsInput, WholeInput } from './inputs';
import { KeepInput, MeasureInput, MultiplyInput, PhaseInput, WindowInput, WorthInput } from './ladder-parts';
import { useNames } from './names';
import { AvailableInput, AwardInput, BudgetInput, CostInput, DuringInput, ExpiryInput, LimitInput, PeopleInput } from './parts';
import { EitherInput, ListInput, MapInput } from './several';
import { partOf, shapeOf, type Schema, type Shape } from './schema';
import { labelOf, useDraftWords } from './words';

export type Any = Control<Json>;
/* Each control checks its own kind of value; the schema says which one stands where. */
const as = <Value,>(control: ComponentType<Control<Value>>) => control as unknown as ComponentType<Any>;

const PARTS: Record<string, ComponentType<Any>> = {
  Span: as(SpanInput), MoneyText: as(MoneyInput), Percent: as(PercentInput), Award: as(AwardInput), Limit: as(LimitInput),
  Budget: as(BudgetInput), RewardBudget: as((props: Parameters<typeof BudgetInput>[0]) => <BudgetInput {...props} measures={['redemptions', 'members', 'discount', 'order_value', 'points']} />),
  Cost: as(CostInput), People: as(PeopleInput), Expiry: as(ExpiryInput), Available: as(AvailableInput), During: as(DuringInput),
  Measure: as(MeasureInput), Multiply: as(MultiplyInput), Condition: as(ConditionInput),
};
/** By owner and field, where the type alone does not tell. */
const FIELDS: Record<string, ComponentType<Any>> = {
  'Ladder.window': as(WindowInput), 'Ladder.keep': as(KeepInput), 'Wallet.worth': as(WorthInput), 'Program.phase': as(PhaseInput), 'Reward.applies_to': as(AppliesTo), 'Reward.image': as(ImageInput),
  'Wallet.label': as((props: Parameters<typeof TextsInput>[0]) => <TextsInput {...props} plural />),
};
/** Fields that hold the id of something else in the document. */
const ONE_OF: Record<string, 'wallets' | 'rewards' | 'events' | 'ladders' | 'kinds' | 'groups'> = {
  wallet: 'wallets', into: 'wallets', earned: 'wallets', to: 'wallets', reward: 'rewards', on: 'events', ladder: 'ladders', type: 'kinds', group: 'groups',
};
export const MANY_OF: Record<string, 'wallets' | 'rules' | 'tiers' | 'consents' | 'events' | 'groups'> = {
  wallets: 'wallets', rules: 'rules', tiers: 'tiers', consents: 'consents', events: 'events', with: 'groups', order: 'groups',
};
const WIDE = new Set(['part', 'several', 'list', 'map', 'texts', 'either']);
export const NARROW = new Set(['Span', 'MoneyText', 'Percent']);

function ConditionInput({ value, onChange, path, label }: Control<Written>) {
  const { t } = useDraftWords();
  const { program, event } = useForm();
  const name = nameOf(path);
  const isLines = name.endsWith('lines');
  return (
    <Together path={path} label={label}>
      <Conditions
        program={program}
        draft
        of={isLines ? 'line' : event === undefined ? 'segment' : 'event'}
        {...(event === undefined ? {} : { event })}
        value={value ?? null}
        onChange={(written) => onChange(written ?? undefined)}
        always={t(isLines ? 'alwaysLines' : 'always')}
      />
    </Together>
  );
}

/** The order, shipping, or some lines of the order. */
function AppliesTo({ value, onChange, path }: Control<string | { lines: Written }>) {
  const { t } = useDraftWords();
  const lines = typeof value === 'object' ? value.lines : undefined;
  return (
    <Stack gap="sm">
      <ChoiceInput
        path={path}
        value={lines === undefined ? ((value as string | undefined) ?? 'order') : 'lines'}
        clearable={false}
        values={[
          { value: 'order', label: t('o.applies_to_order') },
          { value: 'shipping', label: t('o.applies_to_shipping') },
          { value: 'lines', label: t('linesOnly') },
        ]}
        onChange={(next) => onChange(next === 'lines' ? { lines: {} } : next === 'order' ? undefined : next)}
      />
      {lines === undefined ? null : <ConditionInput value={lines} onChange={(written) => onChange({ lines: written ?? {} })} path={`${path}/lines`} />}
    </Stack>
  );
}

interface FieldProps {
  owner: string;
  name: string;
  value: Fields;
  onChange: (value: Fields) => void;
  path: string;
  label?: string;
}

/** One field of a part. */
export function Field({ owner, name, value, onChange, path, label }: FieldProps) {
  const schema = partOf(owner).properties?.[name] ?? {};
  const set = (next: Json | undefined) => {
    const { [name]: _, ...others } = value;
    onChange(next === undefined || next === null ? others : { ...value, [name]: next });
  };
  const written = value[name];
  const control: Any = { value: written === null ? undefined : written, onChange: set, path: `${path}/${name}`, ...(label === undefined ? {} : { label }) };
  const Own = FIELDS[`${owner}.${name}`];
  return Own === undefined ? <OfShape shape={shapeOf(schema)} schema={schema} control={control} /> : <Own {...control} />;
}

/** Whether a field takes the whole width of a form. */
export function isWide(owner: string, name: string): boolean {
  const shape = shapeOf(partOf(owner).properties?.[name] ?? {});
  return `${owner}.${name}` in FIELDS || (WIDE.has(shape.kind) && !(shape.kind === 'part' && NARROW.has(shape.name)) && !(name in MANY_OF && shape.kind === 'list'));
}

interface FieldsProps {
  owner: string;
  names: string[];
  value: Fields;
  onChange: (value: Fields) => void;
  path: string;
}

/** Several fields of a part: short ones side by side. */
export function FieldsOf({ owner, names, value, onChange, path }: FieldsProps) {
  const rows: string[][] = [];
  for (const name of names) {
    const last = rows.at(-1);
    if (isWide(owner, name) || last === undefined || isWide(owner, last[0] ?? '')) {
      rows.push([name]);
    } else {
      last.push(name);
    }
  }
  return (
    <Stack gap="md">
      {rows.map((row) => (
        <SimpleGrid key={row[0]} cols={{ base: 1, xs: isWide(owner, row[0] ?? '') ? 1 : 2 }} spacing="sm" verticalSpacing="sm">
          {row.map((name) => (
            <Field key={name} owner={owner} name={name} value={value} onChange={onChange} path={path} />
          ))}
        </SimpleGrid>
      ))}
    </Stack>
  );
}

/** The control that a shape needs. */
export function OfShape({ shape, schema, control }: { shape: Shape; schema: Schema; control: Any }) {
  const names = useNames();
  const field = nameOf(control.path);
  const text = control as unknown as Control<string>;
  const chosen = ONE_OF[field];
  switch (shape.kind) {
    case 'part': {
      const Own = PARTS[shape.name];
      return Own === undefined ? <PartInput name={shape.name} control={control} /> : <Own {...control} />;
    }
    case 'texts':
      return <TextsInput {...(control as unknown as Control<Texts>)} />;
    case 'choice':
      return <EnumInput {...text} values={shape.values} fallback={typeof schema.default === 'string' ? schema.default : undefined} />;
    case 'flag':
      return <FlagInput {...(control as unknown as Control<boolean>)} only={shape.only} value={(control.value as boolean | undefined) ?? schema.default === true} />;
    case 'whole':
      return <WholeInput {...(control as unknown as Control<number>)} least={shape.least} most={shape.most} />;
    case 'number':
      return <NumberField {...(control as unknown as Control<number | string>)} />;
    case 'day':
      return <DayInput {...text} />;
    case 'text':
      return chosen === undefined || names[chosen].length === 0 ? <TextField {...text} /> : <ChoiceInput {...text} clearable={field !== 'on'} values={names[chosen]} />;
    case 'list':
      return <ListInput shape={shape} control={control as unknown as Control<Json[]>} />;
    case 'several':
      return <ListInput shape={shape} single control={severalOf(control)} />;
    case 'map':
      return <MapInput shape={shape} control={control as unknown as Control<Fields>} />;
    case 'either':
      return <EitherInput ways={shape.of} control={control} />;
    case 'fixed':
      return null;
  }
}

function severalOf(control: Any): Control<Json[]> {
  const { value } = control;
  return {
    ...control,
    value: value === undefined ? undefined : Array.isArray(value) ? value : [value],
    onChange: (list) => control.onChange(list === undefined || list.length === 0 ? undefined : list.length === 1 ? list[0] : list),
  };
}

/** A part of the document with no control of its own: all its fields, opened when it is wanted. */
function PartInput({ name, control }: { name: string; control: Any }) {
  const { t } = useDraftWords();
  const label = useLabel(control);
  const fault = useFaults(control.path);
  const names = Object.keys(partOf(name).properties ?? {});
  const value = (control.value ?? {}) as Fields;
  const set = (next: Fields) => control.onChange(Object.keys(next).length === 0 ? undefined : next);
  if (/\/\d+$/.test(control.path)) {
    return <FieldsOf owner={name} names={names} value={value} onChange={set} path={control.path} />;
  }
  return (
    <Accordion variant="contained" defaultValue={control.value === undefined && fault === undefined ? null : name} chevronPosition="left">
      <Accordion.Item value={name}>
        <Accordion.Control aria-label={label}>
          <Text size="sm" fw={500}>
            {label}
            {control.value === undefined ? <Text span size="sm" c="dimmed"> · {t('notSaid')}</Text> : null}
          </Text>
        </Accordion.Control>
        <Accordion.Panel>
          <FieldsOf owner={name} names={names} value={value} onChange={set} path={control.path} />
          {control.value === undefined ? null : (
            <Button mt="sm" size="xs" variant="subtle" color="gray" onClick={() => control.onChange(undefined)}>
              {t('removeOne', { what: labelOf(t, nameOf(control.path)) })}
            </Button>
          )}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
