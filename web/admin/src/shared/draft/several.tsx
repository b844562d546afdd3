// Values of which there are several, by place, by name, or by kind.
import { ActionIcon, Button, Card, Group, Input, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { MANY_OF, NARROW, OfShape, type Any } from './any';
import type { Fields, Json } from './document';
import { nameOf, Together, useFaults, useLabel, type Control } from './form';
import { ChoiceInput, ManyInput, TagsField } from './inputs';
import { useNames } from './names';
import type { Shape } from './schema';
import { labelOf, useDraftWords } from './words';

export function ListInput({ shape, control, single = false }: { shape: { of: Shape }; control: Control<Json[]>; single?: boolean }) {
  const { t } = useDraftWords();
  const names = useNames();
  const label = useLabel(control);
  const { of } = shape;
  const list = control.value ?? [];
  const field = nameOf(control.path);
  const chosen = MANY_OF[field];
  if (of.kind === 'text' || (of.kind === 'part' && NARROW.has(of.name))) {
    const texts = control as unknown as Control<string[]>;
    return chosen === undefined ? <TagsField {...texts} /> : <ManyInput {...texts} values={names[chosen]} />;
  }
  if (of.kind === 'choice') {
    return <EnumsInput values={of.values} control={control as unknown as Control<string[]>} />;
  }
  const begin: Json = of.kind === 'part' ? startOf(of.name) : '';
  return (
    <Together path={control.path} label={label}>
      <Stack gap="xs">
        {list.map((each, index) => (
          <Card key={index} withBorder padding="sm" radius="md">
            <Group align="flex-start" wrap="nowrap" gap="xs">
              <Stack flex={1} miw={0} gap="sm">
                <OfShape
                  shape={of}
                  schema={{}}
                  control={{
                    value: each,
                    path: single && list.length === 1 ? control.path : `${control.path}/${index}`,
                    onChange: (next) => control.onChange(next === undefined ? list.filter((_, other) => other !== index) : list.map((other, place) => (place === index ? next : other))),
                  }}
                />
              </Stack>
              <ActionIcon variant="subtle" color="gray" aria-label={t('removeOne', { what: `${label} ${index + 1}` })} onClick={() => control.onChange(list.length === 1 ? undefined : list.filter((_, other) => other !== index))}>
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          </Card>
        ))}
        <Group>
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} aria-label={t('addOne', { what: label })} onClick={() => control.onChange([...list, begin])}>
            {t('add')}
          </Button>
        </Group>
      </Stack>
    </Together>
  );
}

/** What a new part of a list begins with. */
function startOf(name: string): Json {
  switch (name) {
    case 'Limit':
      return { times: 1, per: 'month' };
    case 'Award':
      return { wallet: 'points', points: 10 };
    case 'Benefit':
      return { kind: 'perk', text: {} };
    case 'Branch':
      return { otherwise: 'nothing' };
    default:
      return {};
  }
}

function EnumsInput({ values, control }: { values: string[]; control: Control<string[]> }) {
  const { t } = useDraftWords();
  const field = nameOf(control.path);
  const told = t as unknown as (key: string) => string;
  return <ManyInput {...control} values={values.map((value) => ({ value, label: told(`o.${field}_${value}`) }))} />;
}

export function MapInput({ shape, control }: { shape: { of: Shape }; control: Control<Fields> }) {
  const { t } = useDraftWords();
  const names = useNames();
  const label = useLabel(control);
  const [name, setName] = useState('');
  const entries = control.value ?? {};
  const byTier = nameOf(control.path) === 'by_tier';
  const keys = byTier ? names.tiers.map((tier) => tier.value) : Object.keys(entries);
  const set = (key: string, next: Json | undefined) => {
    const { [key]: _, ...others } = entries;
    const after = next === undefined ? others : { ...entries, [key]: next };
    control.onChange(Object.keys(after).length === 0 ? undefined : after);
  };
  const begin: Json = shape.of.kind === 'part' ? (shape.of.name === 'CustomField' ? { type: 'text' } : {}) : shape.of.kind === 'choice' ? 'text' : '';
  const add = () => {
    if (name.trim() !== '') {
      set(name.trim(), begin);
      setName('');
    }
  };
  return (
    <Together path={control.path} label={label}>
      <Stack gap="xs">
        {keys.map((key) => (
          <Card key={key} withBorder padding="sm" radius="md">
            <Group justify="space-between" mb={6} wrap="nowrap">
              <Text size="sm" fw={500} truncate>
                {byTier ? (names.tiers.find((tier) => tier.value === key)?.label ?? key) : key}
              </Text>
              {byTier ? null : (
                <ActionIcon variant="subtle" color="gray" aria-label={t('removeOne', { what: key })} onClick={() => set(key, undefined)}>
                  <IconTrash size={16} />
                </ActionIcon>
              )}
            </Group>
            <OfShape shape={shape.of} schema={{}} control={{ value: entries[key] ?? undefined, path: `${control.path}/${key}`, onChange: (next) => set(key, isBlank(next) ? undefined : next), label: t('f.value') }} />
          </Card>
        ))}
        {byTier ? null : (
          <Group align="flex-end" gap="xs">
            <TextInput size="xs" aria-label={t('nameOf')} placeholder={t('nameOf')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} aria-label={t('addOne', { what: label })} onClick={add}>
              {t('add')}
            </Button>
          </Group>
        )}
      </Stack>
    </Together>
  );
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);
}

/** One of several kinds of value. */
export function EitherInput({ ways, control }: { ways: { name: string; shape: Shape }[]; control: Any }) {
  const { t } = useDraftWords();
  const label = useLabel(control);
  const fault = useFaults(control.path, { below: false });
  const { value } = control;
  const fits = (name: string): boolean => {
    switch (name) {
      case 'MoneyText':
        return typeof value === 'string' && / [A-Z]{3}$/.test(value);
      case 'Percent':
        return typeof value === 'string' && value.endsWith('%');
      case 'integer':
      case 'number':
        return typeof value === 'number';
      case 'array':
        return Array.isArray(value);
      case 'string':
        return typeof value === 'string';
      default:
        return typeof value === 'object' && value !== null && !Array.isArray(value);
    }
  };
  const found = ways.find((each) => fits(each.name));
  const [asked, setAsked] = useState<string | null>(null);
  const way = ways.find((each) => each.name === asked) ?? found ?? ways[0];
  const told: Record<string, string> = { MoneyText: t('o.type_money'), Percent: '%', integer: t('o.type_number'), string: t('o.type_text'), boolean: t('o.type_flag') };
  return (
    <Input.Wrapper label={label} error={fault} labelElement="div">
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <ChoiceInput
          path={`${control.path}/kind_of_value`}
          label={t('kindOfValue')}
          value={way?.name}
          clearable={false}
          values={ways.map((each) => ({ value: each.name, label: told[each.name] ?? labelOf(t, each.name.toLowerCase()) }))}
          onChange={(name) => {
            setAsked(name ?? null);
            control.onChange(undefined);
          }}
        />
        {way === undefined ? null : <OfShape shape={way.shape} schema={{}} control={{ ...control, value: fits(way.name) ? value : undefined, label: t('f.value') }} />}
      </Group>
    </Input.Wrapper>
  );
}
