// Parts of the document that deserve better than a field each: awards, limits, budgets, prices, people, schedules.
import { Chip, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { AmountInput } from '@shared/amount-input';
import type { Available, Award, Budget, Cost, During, Expiry, Limit, People } from './document';
import { DayHours } from './hours';
import { Together, useFaults, useForm, useLabel, type Control } from './form';
import { ChoiceInput, EnumInput, ManyInput, MoneyInput, NumberField, PercentInput, SpanInput, TagsField, WholeInput } from './inputs';
import { useNames } from './names';
import { choiceOf, useDraftWords } from './words';

const PERIODS = ['day', 'week', 'month', 'quarter', 'year', 'lifetime'];

type Way = 'fixed' | 'perMoney' | 'perItem' | 'perLine' | 'ofShare' | 'byFormula';

function wayOf(award: Award): Way {
  if (award.rate) {
    return 'ofShare';
  }
  if (award.formula) {
    return 'byFormula';
  }
  if (award.per === 'item' || award.per === 'line') {
    return award.per === 'item' ? 'perItem' : 'perLine';
  }
  return award.per ? 'perMoney' : 'fixed';
}

/** What one rule gives: "1 point per EUR 1 of the order". */
export function AwardInput({ value, onChange, path }: Control<Award>) {
  const { t } = useDraftWords();
  const { currency } = useForm();
  const names = useNames();
  const award: Award = value ?? { wallet: names.wallets[0]?.value ?? 'points', points: 1 };
  const way = wayOf(award);
  const { points: _p, per: _e, rate: _r, formula: _f, fallback: _b, ...rest } = award;
  const choose = (next: Way) =>
    onChange(
      {
        fixed: { ...rest, points: award.points ?? 10 },
        perMoney: { ...rest, points: award.points ?? 1, per: `1.00 ${currency}` },
        perItem: { ...rest, points: award.points ?? 1, per: 'item' as const },
        perLine: { ...rest, points: award.points ?? 1, per: 'line' as const },
        ofShare: { ...rest, rate: '5%' },
        byFormula: { ...rest, formula: 'order.net', fallback: 0 },
      }[next],
    );
  const ways: Way[] = ['fixed', 'perMoney', 'perItem', 'perLine', 'ofShare', 'byFormula'];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <ChoiceInput label={t('how')} path={`${path}/how`} value={way} clearable={false} onChange={(chosen) => choose((chosen ?? 'fixed') as Way)} values={ways.map((each) => ({ value: each, label: t(each) }))} />
      <ChoiceInput path={`${path}/wallet`} value={award.wallet} clearable={false} onChange={(wallet) => wallet !== undefined && onChange({ ...award, wallet })} values={names.wallets} />
      {way === 'ofShare' ? <PercentInput path={`${path}/rate`} value={award.rate ?? undefined} onChange={(rate) => onChange({ ...award, rate: rate ?? null })} /> : null}
      {way === 'byFormula' ? (
        <>
          <TextInput label={t('f.formula')} value={typeof award.formula === 'string' ? award.formula : JSON.stringify(award.formula)} onChange={(event) => onChange({ ...award, formula: event.currentTarget.value })} error={useFaultText(`${path}/formula`)} />
          <WholeInput path={`${path}/fallback`} value={award.fallback ?? undefined} onChange={(fallback) => onChange({ ...award, fallback: fallback ?? null })} />
        </>
      ) : null}
      {way === 'ofShare' || way === 'byFormula' ? null : <NumberField label={t('howMany')} path={`${path}/points`} value={award.points ?? undefined} onChange={(points) => onChange({ ...award, points: points ?? null })} />}
      {way === 'perMoney' ? <MoneyInput label={t('perAmount')} path={`${path}/per`} value={award.per ?? undefined} onChange={(per) => onChange({ ...award, per: per ?? null })} /> : null}
      {way === 'perMoney' || way === 'ofShare' ? <EnumInput path={`${path}/of`} value={award.of} fallback="order.net" values={['order.net', 'order.subtotal', 'order.net_cash', 'order.total']} onChange={(of) => onChange({ ...award, of: (of ?? 'order.net') as NonNullable<Award['of']> })} /> : null}
    </SimpleGrid>
  );
}

function useFaultText(path: string) {
  return useFaults(path);
}

/** At most so often, so much, per window. */
export function LimitInput({ value, onChange, path }: Control<Limit>) {
  const { t } = useDraftWords();
  const limit: Limit = value ?? { times: 1, per: 'month' };
  const rolling = typeof limit.per === 'object' ? limit.per : undefined;
  const set = (part: Partial<Limit>) => onChange(tidy({ ...limit, ...part }));
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <AmountInput label={`${t('most')} … ${t('limitTimes')}`} value={limit.times} min={1} allowDecimal={false} onChange={(times) => set({ times: times === '' ? undefined : times })} error={useFaults(`${path}/times`)} />
      <AmountInput label={`${t('most')} … ${t('limitPoints')}`} value={limit.points} min={1} allowDecimal={false} onChange={(points) => set({ points: points === '' ? undefined : points })} error={useFaults(`${path}/points`)} />
      <Select
        label={t('perWindow')}
        data={[...PERIODS.map((each) => ({ value: each, label: choiceOf(t, 'per', each) })), { value: 'rolling', label: t('inLast') }]}
        value={rolling ? 'rolling' : ((limit.per as string | undefined) ?? 'lifetime')}
        allowDeselect={false}
        onChange={(per) => set({ per: per === 'rolling' ? { rolling: '30 days' } : (per as 'day') })}
      />
      {rolling ? <SpanInput label={t('inLast')} path={`${path}/per/rolling`} value={rolling.rolling} onChange={(span) => set({ per: { rolling: span ?? '30 days' } })} /> : null}
      <SpanInput path={`${path}/cooldown`} value={limit.cooldown ?? undefined} onChange={(cooldown) => set({ cooldown })} />
    </SimpleGrid>
  );
}

function tidy<Part extends object>(part: Part): Part {
  return Object.fromEntries(Object.entries(part).filter(([, each]) => each !== undefined)) as Part;
}

const MEASURES = { points: 'bPoints', times: 'bTimes', members: 'bMembers', redemptions: 'bRedemptions' } as const;
const MONEYS = { order_value: 'bOrderValue', discount: 'bDiscount' } as const;

/** How much may be given in all. */
export function BudgetInput({ value, onChange, path, measures }: Control<Budget> & { measures?: string[] }) {
  const { t } = useDraftWords();
  const budget = value ?? {};
  const set = (part: Partial<Budget>) => {
    const next = tidy({ ...budget, ...part });
    onChange(Object.keys(next).some((key) => key in MEASURES || key in MONEYS) ? next : undefined);
  };
  const offered = (key: string) => measures === undefined || measures.includes(key);
  return (
    <Together path={path} aside={value === undefined ? <Text span size="sm" c="dimmed">{t('noLimit')}</Text> : null}>
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      {(Object.keys(MEASURES) as (keyof typeof MEASURES)[]).filter(offered).map((key) => (
        <WholeInput key={key} label={t(MEASURES[key])} path={`${path}/${key}`} value={budget[key] ?? undefined} onChange={(most) => set({ [key]: most })} least={1} />
      ))}
      {(Object.keys(MONEYS) as (keyof typeof MONEYS)[]).filter(offered).map((key) => (
        <MoneyInput key={key} label={t(MONEYS[key])} path={`${path}/${key}`} value={budget[key] ?? undefined} onChange={(most) => set({ [key]: most })} />
      ))}
      <EnumInput label={t('budgetPer')} path={`${path}/per`} value={budget.per} fallback="lifetime" values={PERIODS} onChange={(per) => set({ per: per as 'day' })} />
      <TagsField label={t('alertAt')} path={`${path}/alert`} value={budget.alert?.map((each) => each.slice(0, -1))} onChange={(alert) => set({ alert: alert?.map((each) => `${each.replace('%', '').trim()}%`) })} />
    </SimpleGrid>
    </Together>
  );
}

/** What a reward costs in one wallet. */
export function CostInput({ value, onChange, path }: Control<Cost>) {
  const { t } = useDraftWords();
  const names = useNames();
  const cost = value ?? { wallet: names.wallets[0]?.value ?? 'points', points: 100 };
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberField label={t('howMany')} path={`${path}/points`} value={cost.points} onChange={(points) => onChange({ ...cost, points: points ?? 0 })} />
        <ChoiceInput path={`${path}/wallet`} value={cost.wallet} clearable={false} values={names.wallets} onChange={(wallet) => wallet !== undefined && onChange({ ...cost, wallet })} />
      </SimpleGrid>
      {names.tiers.length < 2 ? null : (
        <Together path={`${path}/by_tier`}>
          <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm">
            {names.tiers.map((tier) => (
              <NumberField
                key={tier.value}
                label={tier.label}
                path={`${path}/by_tier/${tier.value}`}
                value={cost.by_tier?.[tier.value]}
                onChange={(points) => {
                  const { [tier.value]: _, ...others } = cost.by_tier ?? {};
                  onChange({ ...cost, by_tier: points === undefined ? others : { ...others, [tier.value]: points } });
                }}
              />
            ))}
          </SimpleGrid>
        </Together>
      )}
    </Stack>
  );
}

/** In any of these segments and in none of those. */
export function PeopleInput({ value, onChange, path, label }: Control<People>) {
  const { t } = useDraftWords();
  const names = useNames();
  const people = value ?? {};
  const set = (part: Partial<People>) => {
    const next = tidy({ ...people, ...part });
    onChange(next.any?.length || next.none?.length ? next : undefined);
  };
  return (
    <Together path={path} label={label} aside={people.any?.length || people.none?.length ? null : <Text span size="sm" c="dimmed">{t('everyone')}</Text>}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <ManyInput path={`${path}/any`} value={people.any} values={names.segments} onChange={(any) => set({ any })} />
        <ManyInput path={`${path}/none`} value={people.none} values={names.segments} onChange={(none) => set({ none })} />
      </SimpleGrid>
    </Together>
  );
}

type Ending = 'never' | 'afterSpan' | 'onDates' | 'afterSilence';

export function ExpiryInput({ value, onChange, path, label }: Control<Expiry>) {
  const { t } = useDraftWords();
  const expiry = value ?? { never: true };
  const ending: Ending = expiry.after ? 'afterSpan' : expiry.inactive ? 'afterSilence' : expiry.on?.length ? 'onDates' : 'never';
  const starts: Record<Ending, Expiry> = { never: { never: true }, afterSpan: { after: '12 months' }, onDates: { on: ['31 Dec'] }, afterSilence: { inactive: '12 months' } };
  return (
    <Together path={path} label={label}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <ChoiceInput label={t('how')} path={`${path}/how`} value={ending} clearable={false} onChange={(chosen) => onChange(starts[(chosen ?? 'never') as Ending])} values={(Object.keys(starts) as Ending[]).map((each) => ({ value: each, label: t(each) }))} />
        {ending === 'afterSpan' ? <SpanInput path={`${path}/after`} value={expiry.after ?? undefined} onChange={(after) => onChange({ ...expiry, after: after ?? '12 months' })} /> : null}
        {ending === 'afterSpan' ? <EnumInput label={t('upTo')} path={`${path}/end_of`} value={expiry.end_of} fallback="day" values={['day', 'month', 'quarter', 'year']} onChange={(end) => onChange({ ...expiry, end_of: end as 'day' })} /> : null}
        {ending === 'afterSilence' ? <SpanInput path={`${path}/inactive`} value={expiry.inactive ?? undefined} onChange={(inactive) => onChange({ ...expiry, inactive: inactive ?? '12 months' })} /> : null}
        {ending === 'onDates' ? <TagsField label={t('dates')} path={`${path}/on`} value={expiry.on} onChange={(on) => onChange({ ...expiry, on: on ?? ['31 Dec'] })} /> : null}
      </SimpleGrid>
    </Together>
  );
}

export function AvailableInput({ value, onChange, path, label }: Control<Available>) {
  const { t } = useDraftWords();
  const names = useNames();
  const way = value?.after ? 'later' : value?.on ? 'onEvent' : 'atOnce';
  const starts = { atOnce: undefined, later: { after: '14 days' }, onEvent: { on: 'order.delivered', within: '60 days' } } as const;
  return (
    <Together path={path} label={label}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <ChoiceInput label={t('how')} path={`${path}/how`} value={way} clearable={false} onChange={(chosen) => onChange(starts[chosen as keyof typeof starts])} values={(['atOnce', 'later', 'onEvent'] as const).map((each) => ({ value: each, label: t(each) }))} />
        {way === 'later' ? <SpanInput path={`${path}/after`} value={value?.after ?? undefined} onChange={(after) => onChange({ after: after ?? '14 days' })} /> : null}
        {way === 'onEvent' ? (
          <>
            <ChoiceInput path={`${path}/on`} value={value?.on ?? undefined} values={names.events} onChange={(on) => onChange({ ...value, on: on ?? null })} />
            <SpanInput path={`${path}/within`} value={value?.within ?? undefined} onChange={(within) => onChange({ ...value, within: within ?? null })} />
            <EnumInput path={`${path}/if_never`} value={value?.if_never} fallback="activate" values={['activate', 'cancel']} onChange={(then) => onChange({ ...value, if_never: then as 'activate' })} />
          </>
        ) : null}
      </SimpleGrid>
    </Together>
  );
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Days of the week and hours of the day; other recurrences as they are written. */
export function DuringInput({ value, onChange, path, label }: Control<During>) {
  const { t, language } = useDraftWords();
  const name = useLabel({ path, label });
  const weekly = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(value?.rrule ?? '');
  const mode = value?.rrule && weekly === null ? 'recurrence' : weekly ? 'someDays' : 'everyDay';
  const chosen = weekly?.[1]?.split(',') ?? [];
  const set = (part: Partial<During>) => {
    const next = tidy({ ...value, ...part });
    onChange(next.rrule || next.hours ? next : undefined);
  };
  const fault = useFaults(`${path}/rrule`);
  const dayName = (day: string) => new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day))));
  return (
    <Together path={path} label={name}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('weekdays')}
          value={mode}
          onChange={(next) => set({ rrule: next === 'everyDay' ? undefined : next === 'someDays' ? 'FREQ=WEEKLY;BYDAY=MO' : 'FREQ=MONTHLY;BYDAY=1FR' })}
          data={(['everyDay', 'someDays', 'recurrence'] as const).map((each) => ({ value: each, label: t(each) }))}
        />
        {mode === 'someDays' ? (
          <Chip.Group multiple value={chosen} onChange={(days) => set({ rrule: days.length === 0 ? undefined : `FREQ=WEEKLY;BYDAY=${DAYS.filter((day) => days.includes(day)).join(',')}` })}>
            <Group gap={6}>
              {DAYS.map((day) => (
                <Chip key={day} value={day} size="xs">
                  {dayName(day)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        ) : null}
        {mode === 'recurrence' ? <TextInput label={t('f.rrule')} value={value?.rrule ?? ''} onChange={(event) => set({ rrule: event.currentTarget.value || undefined })} error={fault} /> : null}
        <DayHours value={value?.hours ?? undefined} onChange={(hours) => set({ hours })} path={`${path}/hours`} />
      </Stack>
    </Together>
  );
}
