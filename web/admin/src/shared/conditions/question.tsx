// One question: what is asked, how it is compared, and with what.
import { ActionIcon, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { update, type RuleProps } from 'react-querybuilder';
import { daysOf, DIMENSIONS, entryOf, firstOf, MOST_DAYS, readSum, WINDOWS, writeSum, type Dimension, type Sum } from './fields';
import { useAround } from './around';
import { fit } from './fit';
import type { Asked, Field, Group as Joined } from './model';
import { Value } from './value';
import { newQuestion, withOperator } from './written';
import { useConditionWords, type ConditionWords } from './words';

export function Question({ rule, path, schema, actions }: RuleProps) {
  const words = useConditionWords();
  const { t } = words;
  const { catalogue, faults, missing, touched, leave } = useAround();
  const asked = rule as Asked;
  const field = catalogue.find(asked.field);
  const set = (next: Asked): void => {
    const { field: name, operator, value, valueSource } = next;
    const kept = { resetOnFieldChange: false, resetOnOperatorChange: false };
    let query = schema.getQuery();
    for (const [property, to] of Object.entries({ field: name, operator, value, valueSource: valueSource ?? 'value' })) {
      query = update(query, property as 'field', to, path, kept);
    }
    schema.dispatchQuery(query);
  };
  const fault = faults.get(asked.id ?? '');
  const isMissing = missing.has(asked.id ?? '') && touched.has(asked.id ?? '');
  const isGone = asked.field !== '' && field === undefined;
  const sum = readSum(asked.field);
  return (
    <Stack
      gap={4}
      py={4}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          leave(asked.id ?? '');
        }
      }}
    >
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <Group gap="xs" align="flex-start" flex={1}>
          <FieldChoice asked={asked} error={isMissing && field === undefined} within={schema.getQuery() as unknown as Joined} path={path} onChoose={(name) => set({ ...newQuestion(catalogue.find(name), name), id: asked.id })} />
          {sum !== null && field !== undefined ? <SumParts sum={sum} onChange={(name) => set({ ...asked, field: name })} /> : null}
          {field === undefined ? null : (
            <>
              <Select
                aria-label={t('operator')}
                data={operatorsOf(field, words)}
                value={asked.operator}
                onChange={(operator) => operator !== null && set(withOperator(asked, operator))}
                allowDeselect={false}
                style={fit(165)}
              />
              <Value asked={asked} field={field} catalogue={catalogue} error={fault !== undefined || isMissing} onChange={(value) => set({ ...asked, value })} />
            </>
          )}
        </Group>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('remove')}
          onClick={(event) => {
            event.currentTarget.closest('[role=group]')?.querySelector<HTMLElement>('[data-adds]')?.focus();
            actions.onRuleRemove(path);
          }}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {isGone || isMissing || fault !== undefined ? (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {isGone ? t('gone', { name: asked.field }) : isMissing ? t(field === undefined ? 'choose' : 'fill') : fault}
        </Text>
      ) : null}
    </Stack>
  );
}

function FieldChoice({ asked, error, within, path, onChoose }: { asked: Asked; error: boolean; within: Joined; path: number[]; onChoose: (name: string) => void }) {
  const { t } = useConditionWords();
  const { catalogue, of } = useAround();
  const ofLine = of === 'line' || isOfLines(within, path);
  const chosen = asked.field === '' ? null : entryOf(asked.field);
  const entries = catalogue.entries.filter((each) => of === 'line' || ofLine || each.shelf !== 'line');
  const shelves = [...new Set(entries.map((each) => each.shelf))].sort((one, other) => Number(other === 'line') - Number(one === 'line'));
  const data = shelves.map((shelf) => ({
    group: t(`shelves.${shelf}`),
    items: entries.filter((each) => each.shelf === shelf).map(({ value, label }) => ({ value, label })),
  }));
  if (chosen !== null && !entries.some((each) => each.value === chosen)) {
    data.push({ group: '…', items: [{ value: chosen, label: catalogue.labelOf(asked.field) }] });
  }
  return (
    <Select
      aria-label={t('field')}
      placeholder={t('choose')}
      data={data}
      value={chosen}
      onChange={(entry) => entry !== null && entry !== chosen && onChoose(firstOf(entry))}
      allowDeselect={false}
      searchable
      // One that was just added: what it asks is chosen next.
      autoFocus={asked.field === ''}
      error={error}
      nothingFoundMessage={t('nothing')}
      maxDropdownHeight={320}
      style={fit(220)}
    />
  );
}

/** Whether a question stands in a group that asks the lines of the order. */
function isOfLines(root: Joined, path: number[]): boolean {
  let group: Joined | undefined = root;
  for (const index of path.slice(0, -1)) {
    const next: Joined | Asked | undefined = group?.rules[index];
    group = next !== undefined && 'rules' in next ? next : undefined;
    if (group?.lines !== undefined) {
      return true;
    }
  }
  return false;
}

function operatorsOf(field: Field, { t }: ConditionWords): { value: string; label: string }[] {
  const said = (operator: string): string => {
    if (field.type === 'date' && (operator === 'over' || operator === 'at_least' || operator === 'under' || operator === 'at_most')) {
      return t(`dates.${operator}`);
    }
    return field.type === 'list' && operator === 'contains' ? t('lists.contains') : t(`operators.${operator}` as 'operators.is');
  };
  return field.operators
    .flatMap((operator) => (operator === 'exists' ? ['exists', 'missing'] : [operator]))
    .map((operator) => ({ value: operator, label: said(operator) }));
}

/** Over which days a sum goes, and of which category, product, channel, store or brand. */
function SumParts({ sum, onChange }: { sum: Sum; onChange: (name: string) => void }) {
  const { t } = useConditionWords();
  const days = daysOf(sum.window);
  const set = (more: Partial<Sum>): void => onChange(writeSum({ ...sum, ...more }));
  return (
    <>
      {sum.metric.startsWith('events.') ? null : (
        <Select
          aria-label={t('dimension')}
          data={[{ value: 'all', label: t('dimensions.all') }, ...DIMENSIONS.map((each) => ({ value: each, label: t(`dimensions.${each}`) }))]}
          value={sum.dimension ?? 'all'}
          onChange={(chosen) => set(chosen === 'all' || chosen === null ? { dimension: null, of: '' } : { dimension: chosen as Dimension })}
          allowDeselect={false}
          style={fit(150)}
        />
      )}
      {sum.dimension === null ? null : (
        <TextInput
          aria-label={t('of')}
          placeholder={t('ofHint')}
          value={sum.of}
          maxLength={120}
          onChange={(event) => set({ of: event.currentTarget.value })}
          style={fit(150)}
        />
      )}
      <Select
        aria-label={t('window')}
        data={WINDOWS.map((each) => ({ value: each, label: t(`windows.${each}`) }))}
        value={days === null ? sum.window : 'days'}
        onChange={(chosen) => chosen !== null && set({ window: chosen === 'days' ? 'last_30_days' : chosen })}
        allowDeselect={false}
        style={fit(175)}
      />
      {days === null ? null : (
        <NumberInput
          aria-label={t('days')}
          value={days}
          min={1}
          max={MOST_DAYS}
          clampBehavior="strict"
          allowDecimal={false}
          allowNegative={false}
          hideControls
          onChange={(typed) => typeof typed === 'number' && typed >= 1 && set({ window: `last_${typed}_days` })}
          w={70}
        />
      )}
    </>
  );
}
