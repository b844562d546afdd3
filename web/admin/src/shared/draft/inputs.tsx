// The small values of the document: spans, money, shares, days, texts in languages.
import { Group, MultiSelect, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { AmountInput, written } from '@shared/amount-input';
import { DayInput as LocalDay } from '@shared/day-input';
import { decimals } from '@shared/format';
import { MomentInput } from '@shared/moment-input';
import type { Texts } from './document';
import { nameOf, Together, useFaults, useForm, useLabel, type Control } from './form';
import { choiceOf, useDraftWords } from './words';

const UNITS = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'] as const;

/** `14 days`. */
export function SpanInput({ value, onChange, path, label }: Control<string>) {
  const { t } = useDraftWords();
  const name = useLabel({ path, label });
  const fault = useFaults(path);
  const [count, unit] = (value ?? '').split(' ');
  const plural = unit === undefined || unit === '' ? 'days' : unit.replace(/s?$/, 's');
  const write = (number: string | number, chosen: string) =>
    onChange(number === '' ? undefined : `${number} ${Number(number) === 1 ? chosen.slice(0, -1) : chosen}`);
  return (
    <Group gap={6} align="flex-end" wrap="nowrap">
      <AmountInput label={name} value={count} onChange={(number) => write(number, plural)} min={1} max={99999} allowDecimal={false} allowNegative={false} error={fault} w={120} />
      <Select
        aria-label={t('unitOf', { field: name })}
        data={UNITS.map((each) => ({ value: each, label: t(each, { count: Number(count) || 2 }) }))}
        value={plural}
        allowDeselect={false}
        onChange={(chosen) => chosen !== null && write(count ?? '', chosen)}
        w={120}
      />
    </Group>
  );
}

/** What one point is worth may be finer than any coin. */
const FINE = /\/(cost_per_point|worth|worth\/value)$/;

/** `5.00 EUR`. */
export function MoneyInput({ value, onChange, path, label, currency }: Control<string> & { currency?: string }) {
  const around = useForm();
  const unit = value?.split(' ')[1] ?? currency ?? around.currency;
  return (
    <AmountInput
      label={useLabel({ path, label })}
      value={value?.split(' ')[0]}
      onChange={(number) => onChange(number === '' ? undefined : `${written(number, decimals(unit))} ${unit}`)}
      currency={unit}
      decimalScale={FINE.test(path) ? 4 : decimals(unit)}
      allowNegative={false}
      hideControls
      error={useFaults(path)}
    />
  );
}

/** `85%`. */
export function PercentInput({ value, onChange, path, label }: Control<string>) {
  return (
    <AmountInput
      label={useLabel({ path, label })}
      value={value?.slice(0, -1)}
      onChange={(number) => onChange(number === '' ? undefined : `${number}%`)}
      suffix=" %"
      min={0}
      max={100}
      decimalScale={2}
      hideControls
      error={useFaults(path)}
    />
  );
}

export function WholeInput({ value, onChange, path, label, least, most }: Control<number> & { least?: number | undefined; most?: number | undefined }) {
  return (
    <AmountInput
      label={useLabel({ path, label })}
      value={value}
      onChange={(number) => onChange(number === '' ? undefined : number)}
      allowDecimal={false}
      {...(least === undefined ? {} : { min: least })}
      {...(most === undefined ? {} : { max: most })}
      error={useFaults(path)}
    />
  );
}

/** A number with decimals. */
export function NumberField({ value, onChange, path, label, suffix }: Control<number | string> & { suffix?: string }) {
  return (
    <AmountInput
      label={useLabel({ path, label })}
      value={value}
      onChange={(number) => onChange(number === '' ? undefined : number)}
      decimalScale={4}
      {...(suffix === undefined ? {} : { suffix })}
      hideControls
      error={useFaults(path)}
    />
  );
}

/** A day of the program's zone, or a time of it where the document has one. */
export function DayInput({ value, onChange, path, label }: Control<string>) {
  const named = useLabel({ path, label });
  const error = useFaults(path);
  const said = (next: string) => onChange(next || undefined);
  return value?.includes('T') ? (
    <MomentInput label={named} error={error} value={value.slice(0, 16)} onChange={said} />
  ) : (
    <LocalDay label={named} error={error} value={value ?? ''} onChange={said} clearable />
  );
}

export function TextField({ value, onChange, path, label }: Control<string>) {
  return <TextInput label={useLabel({ path, label })} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value || undefined)} error={useFaults(path)} />;
}

export function FlagInput({ value, onChange, path, label, only = false }: Control<boolean> & { only?: boolean }) {
  return (
    <Switch
      label={useLabel({ path, label })}
      checked={value ?? false}
      onChange={(event) => onChange(event.currentTarget.checked ? true : only ? undefined : false)}
      error={useFaults(path)}
      mt={4}
    />
  );
}

interface ChoiceProps extends Control<string> {
  values: { value: string; label: string }[];
  clearable?: boolean;
}

export function ChoiceInput({ value, onChange, path, label, values, clearable = true }: ChoiceProps) {
  return (
    <Select
      label={useLabel({ path, label })}
      data={values}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      clearable={clearable}
      allowDeselect={clearable}
      searchable={values.length > 8}
      error={useFaults(path)}
    />
  );
}

/** Choices that cannot be left out. */
const REQUIRED = new Set(['kind', 'type', 'on']);

/** One of the values that the document knows for a field. */
export function EnumInput(props: Control<string> & { values: string[]; fallback?: string | undefined }) {
  const { t } = useDraftWords();
  const field = nameOf(props.path);
  return (
    <ChoiceInput
      {...props}
      value={props.value ?? props.fallback}
      clearable={props.fallback === undefined && !REQUIRED.has(field)}
      values={props.values.map((each) => ({ value: each, label: choiceOf(t, field, each) }))}
    />
  );
}

export function ManyInput({ value, onChange, path, label, values }: Control<string[]> & { values: { value: string; label: string }[] }) {
  return (
    <MultiSelect
      label={useLabel({ path, label })}
      data={values}
      value={value ?? []}
      onChange={(chosen) => onChange(chosen.length === 0 ? undefined : chosen)}
      searchable={values.length > 8}
      clearable
      hidePickedOptions
      error={useFaults(path)}
    />
  );
}

export function TagsField({ value, onChange, path, label }: Control<string[]>) {
  return <TagsInput label={useLabel({ path, label })} value={value ?? []} onChange={(tags) => onChange(tags.length === 0 ? undefined : tags)} clearable error={useFaults(path)} />;
}

/** A text in every language of the program; with `plural` one word for one and another for several. */
export function TextsInput({ value, onChange, path, label, plural = false }: Control<Texts> & { plural?: boolean }) {
  const { t, language } = useDraftWords();
  const { document } = useForm();
  const name = useLabel({ path, label });
  const fault = useFaults(path);
  const locales = document.locales ?? ['en'];
  const names = new Intl.DisplayNames([language], { type: 'language' });
  const of = (locale: string) => (typeof value === 'string' ? value : value?.[locale]);
  const write = (locale: string, text: NonNullable<ReturnType<typeof of>> | undefined) => {
    const before = typeof value === 'string' ? Object.fromEntries(locales.map((each) => [each, value])) : { ...(value ?? {}) };
    const { [locale]: _, ...others } = before;
    const after = text === undefined || text === '' ? others : { ...before, [locale]: text };
    onChange(Object.keys(after).length === 0 ? undefined : after);
  };
  const labelled = (locale: string, form?: string) =>
    [locales.length === 1 ? name : t('inLanguage', { field: name, language: names.of(locale) ?? locale }), form].filter(Boolean).join(', ');
  return (
    <Stack gap={6}>
      {locales.map((locale, index) => {
        const text = of(locale);
        if (!plural) {
          const shown = typeof text === 'object' ? text.other : (text ?? '');
          return <TextInput key={locale} label={labelled(locale)} value={shown} onChange={(event) => write(locale, event.currentTarget.value)} error={index === 0 ? fault : undefined} />;
        }
        const forms = typeof text === 'object' ? text : { one: text ?? '', other: text ?? '' };
        const change = (form: 'one' | 'other', word: string) => {
          const next = { ...forms, [form]: word };
          write(locale, next.one === '' && next.other === '' ? undefined : next);
        };
        return (
          <Group key={locale} grow align="flex-start" gap={6}>
            <TextInput label={labelled(locale, t('one'))} value={forms.one} onChange={(event) => change('one', event.currentTarget.value)} error={index === 0 ? fault : undefined} />
            <TextInput label={labelled(locale, t('several'))} value={forms.other} onChange={(event) => change('other', event.currentTarget.value)} />
          </Group>
        );
      })}
    </Stack>
  );
}

export { Together };
