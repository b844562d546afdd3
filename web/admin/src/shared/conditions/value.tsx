// What a question compares with: one input for each type of field.
import { Group, MultiSelect, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { AmountInput } from '@shared/amount-input';
import { countries } from '@shared/countries';
import { DayInput } from '@shared/day-input';
import type { Language } from '@shared/words';
import type { Catalogue } from './fields';
import { fit } from './fit';
import { MONTH, WEEKDAY, type Asked, type Field } from './model';
import { useConditionWords, type ConditionWords } from './words';

interface ValueProps {
  asked: Asked;
  field: Field;
  catalogue: Catalogue;
  error: boolean;
  onChange: (value: string | string[]) => void;
}

interface Option {
  value: string;
  label: string;
}

const MANY = new Set(['in', 'not_in']);

export function Value({ asked, field, catalogue, error, onChange }: ValueProps) {
  const words = useConditionWords();
  const { t } = words;
  const list = Array.isArray(asked.value) ? asked.value : asked.value === '' ? [] : [asked.value];
  if (asked.operator === 'exists' || asked.operator === 'missing') {
    return null;
  }
  if (asked.valueSource === 'field') {
    const others = [...catalogue.byName.values()].filter((each) => each.type === field.type && each.currency === field.currency);
    return (
      <Select
        aria-label={t('other')}
        data={others.map((each) => ({ value: each.name, label: each.label }))}
        value={list[0] ?? null}
        onChange={(value) => onChange(value ?? '')}
        searchable
        error={error}
        style={fit(220)}
      />
    );
  }
  const options = optionsOf(field, words);
  if (MANY.has(asked.operator)) {
    const shared = { 'aria-label': t('value'), value: list, onChange, error, style: fit(280), nothingFoundMessage: t('nothing') };
    return options ? <MultiSelect {...shared} data={withGone(options, list)} searchable hidePickedOptions /> : <TagsInput {...shared} />;
  }
  if (asked.operator === 'between') {
    const set = (index: number) => (value: string) => onChange([0, 1].map((each) => (each === index ? value : (list[each] ?? ''))));
    return (
      <Group gap="xs" wrap="nowrap">
        <One label={t('from')} field={field} value={list[0] ?? ''} options={options} error={error} onChange={set(0)} />
        <Text size="sm">{t('and')}</Text>
        <One label={t('to')} field={field} value={list[1] ?? ''} options={options} error={error} onChange={set(1)} />
      </Group>
    );
  }
  return <One label={t('value')} field={field} value={list[0] ?? ''} options={options} error={error} onChange={onChange} />;
}

interface OneProps {
  label: string;
  field: Field;
  value: string;
  options: Option[] | null;
  error: boolean;
  onChange: (value: string) => void;
}

function One({ label, field, value, options, error, onChange }: OneProps) {
  const { t } = useConditionWords();
  if (options !== null) {
    return (
      <Select
        aria-label={label}
        data={withGone(options, value === '' ? [] : [value])}
        value={value === '' ? null : value}
        onChange={(chosen) => onChange(chosen ?? '')}
        allowDeselect={false}
        searchable={options.length > 8}
        nothingFoundMessage={t('nothing')}
        error={error}
        style={fit(options.length > 8 ? 200 : 160)}
      />
    );
  }
  if (field.type === 'number' || field.type === 'money') {
    return (
      <AmountInput
        aria-label={label}
        value={value}
        onChange={(typed) => onChange(String(typed))}
        decimalScale={field.decimals}
        currency={field.type === 'money' ? field.currency : undefined}
        hideControls
        error={error}
        style={fit(130)}
      />
    );
  }
  if (field.type === 'date') {
    return <DayInput aria-label={label} value={value} onChange={onChange} error={error} style={fit(160)} />;
  }
  return (
    <TextInput
      aria-label={label}
      value={value}
      maxLength={200}
      onChange={(event) => onChange(event.currentTarget.value)}
      placeholder={field.example}
      error={error}
      style={fit(180)}
    />
  );
}

/** What is chosen stays visible though it is no longer to be had. */
function withGone(options: Option[], chosen: string[]): Option[] {
  const gone = chosen.filter((each) => !options.some((option) => option.value === each));
  return gone.length === 0 ? options : [...options, ...gone.map((each) => ({ value: each, label: each }))];
}

function optionsOf(field: Field, { t, language }: ConditionWords): Option[] | null {
  if (field.choices.length > 0) {
    return field.choices;
  }
  if (field.type === 'flag') {
    return [
      { value: 'true', label: t('yes') },
      { value: 'false', label: t('no') },
    ];
  }
  if (field.territory) {
    return countries(language);
  }
  if (field.name === MONTH) {
    return named(12, { month: 'long' }, (index) => Date.UTC(2024, index, 1), language);
  }
  // 1 January 2024 was a Monday.
  return field.name === WEEKDAY ? named(7, { weekday: 'long' }, (index) => Date.UTC(2024, 0, index + 1), language) : null;
}

function named(count: number, shape: Intl.DateTimeFormatOptions, at: (index: number) => number, language: Language): Option[] {
  const format = new Intl.DateTimeFormat(language, { ...shape, timeZone: 'UTC' });
  return Array.from({ length: count }, (_, index) => ({ value: String(index + 1), label: format.format(at(index)) }));
}
