// Parts with several kinds of value: what climbs a ladder, over which time, how long a tier stays, what points pay.
import { SimpleGrid } from '@mantine/core';
import type { components } from '@document';
import { Together, useForm, type Control } from './form';
import { ChoiceInput, EnumInput, ManyInput, MoneyInput, NumberField, PercentInput, SpanInput, WholeInput } from './inputs';
import { useNames } from './names';
import { choiceOf, useDraftWords } from './words';

type Parts = components['schemas'];
type Measure = Parts['Measure'];
type Window = NonNullable<Parts['Ladder']['window']>;
type Keep = NonNullable<Parts['Ladder']['keep']>;
type Worth = NonNullable<Parts['Wallet']['worth']>;
type Multiply = Parts['Multiply'];

export function MeasureInput({ value, onChange, path, label }: Control<Measure>) {
  const { t } = useDraftWords();
  const names = useNames();
  const chosen = value?.spend ? 'spend' : value?.orders ? 'orders' : (value?.earned ?? undefined);
  return (
    <ChoiceInput
      path={path}
      {...(label === undefined ? {} : { label })}
      value={chosen}
      clearable={false}
      values={[...names.wallets.map((each) => ({ value: each.value, label: t('unitsOf', { wallet: each.label }) })), { value: 'spend', label: t('spendOrders') }, { value: 'orders', label: t('orderCount') }]}
      onChange={(next) => onChange(next === 'spend' ? { spend: 'order.net' } : next === 'orders' ? { orders: true } : { earned: next ?? null })}
    />
  );
}

export function WindowInput({ value, onChange, path }: Control<Window>) {
  const { t } = useDraftWords();
  const rolling = typeof value === 'object' ? value.rolling : undefined;
  const plain = ['calendar_year', 'membership_year', 'lifetime'];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <ChoiceInput
        path={path}
        value={rolling === undefined ? ((value as string | undefined) ?? 'calendar_year') : 'rolling'}
        clearable={false}
        values={[...plain.map((each) => ({ value: each, label: choiceOf(t, 'window', each) })), { value: 'rolling', label: t('rollingMonths') }]}
        onChange={(next) => onChange(next === 'rolling' ? { rolling: '12 months' } : (next as Window))}
      />
      {rolling === undefined ? null : <SpanInput path={`${path}/rolling`} value={rolling} onChange={(span) => onChange({ rolling: span ?? '12 months' })} />}
    </SimpleGrid>
  );
}

export function KeepInput({ value, onChange, path }: Control<Keep>) {
  const { t } = useDraftWords();
  const months = typeof value === 'object' ? value.months : undefined;
  const plain = ['end_of_period', 'end_of_next_period', 'forever'];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <ChoiceInput
        path={path}
        value={months === undefined ? ((value as string | undefined) ?? 'end_of_next_period') : 'months'}
        clearable={false}
        values={[...plain.map((each) => ({ value: each, label: choiceOf(t, 'keep', each) })), { value: 'months', label: t('months') }]}
        onChange={(next) => onChange(next === 'months' ? { months: 12 } : (next as Keep))}
      />
      {months === undefined ? null : <WholeInput path={`${path}/months`} value={months} onChange={(number) => onChange({ months: number ?? 12 })} />}
    </SimpleGrid>
  );
}

/** Paying with points: what one is worth, in which steps. */
export function WorthInput({ value, onChange, path, label }: Control<Worth>) {
  const { t } = useDraftWords();
  const { currency } = useForm();
  const worth = typeof value === 'string' ? { value } : value;
  return (
    <Together path={path} {...(label === undefined ? {} : { label })}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <ChoiceInput path={`${path}/pays`} label={t('how')} value={worth === undefined ? 'payNot' : 'paySimple'} clearable={false} values={[{ value: 'payNot', label: t('payNot') }, { value: 'paySimple', label: t('paySimple') }]} onChange={(next) => onChange(next === 'payNot' ? undefined : { value: `0.01 ${currency}` })} />
        {worth === undefined ? null : (
          <>
            <MoneyInput path={`${path}/value`} value={worth.value} onChange={(money) => onChange({ ...worth, value: money ?? `0.01 ${currency}` })} />
            <WholeInput path={`${path}/step`} value={worth.step} onChange={(step) => onChange({ ...worth, step: step ?? 1 })} />
            <WholeInput path={`${path}/min`} value={worth.min} onChange={(min) => onChange({ ...worth, min: min ?? 0 })} />
            <PercentInput path={`${path}/max_share`} value={worth.max_share} onChange={(most) => onChange({ ...worth, max_share: most ?? '100%' })} />
          </>
        )}
      </SimpleGrid>
    </Together>
  );
}

/** "2 times what these rules give". */
export function MultiplyInput({ value, onChange, path }: Control<Multiply>) {
  const { t } = useDraftWords();
  const names = useNames();
  const multiply: Multiply = value ?? { times: 2 };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <NumberField path={`${path}/times`} value={multiply.times} onChange={(times) => onChange({ ...multiply, times: times ?? 2 })} />
      <ManyInput path={`${path}/rules`} label={t('whatRules')} value={multiply.rules === 'all' ? [] : multiply.rules} values={names.rules} onChange={(rules) => onChange({ ...multiply, rules: rules ?? 'all' })} />
    </SimpleGrid>
  );
}

/** Whether the program is open; dates of phases stay as they are written. */
export function PhaseInput({ value, onChange, path }: Control<NonNullable<Parts['Program']['phase']>>) {
  return typeof value === 'object' ? null : <EnumInput path={path} value={value} fallback="live" values={['draft', 'live', 'spend_only', 'closed']} onChange={(phase) => onChange(phase as 'live')} />;
}
