// The period a screen of figures is about: chosen among the usual ones or by its days, and kept in the address.
import { Group, NativeSelect } from '@mantine/core';
import { DayInput } from './day-input';
import { monthStart, plusDays, today } from './days';
import { usePeriodWords } from './period.words';
import { useProgram, type ProgramCard } from './session';
import { useState } from 'react';

export interface PeriodFilter {
  from?: string;
  through?: string;
}

const PRESETS = ['last7', 'last30', 'last90', 'month', 'before', 'year', 'last365'] as const;
type Preset = (typeof PRESETS)[number];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The part of an address that says the period; nothing means the last thirty days. */
export function validPeriod(search: Record<string, unknown>): PeriodFilter {
  const day = (value: unknown) => (typeof value === 'string' && DAY.test(value) ? value : undefined);
  const from = day(search['from']);
  const through = day(search['through']);
  return from !== undefined && through !== undefined && from <= through ? { from, through } : {};
}

function daysOf(preset: Preset, now: string): Required<PeriodFilter> {
  switch (preset) {
    case 'last7':
      return { from: plusDays(now, -6), through: now };
    case 'last30':
      return { from: plusDays(now, -29), through: now };
    case 'last90':
      return { from: plusDays(now, -89), through: now };
    case 'month':
      return { from: monthStart(now), through: now };
    case 'before':
      return { from: monthStart(now, -1), through: plusDays(monthStart(now), -1) };
    case 'year':
      return { from: `${now.slice(0, 4)}-01-01`, through: now };
    case 'last365':
      return { from: plusDays(now, -364), through: now };
  }
}

/** The days that an address means for a program. */
export function periodOf(filter: PeriodFilter, program: ProgramCard | undefined): Required<PeriodFilter> {
  const now = today(program?.now ?? new Date().toISOString(), program?.timezone ?? 'UTC');
  return { ...daysOf('last30', now), ...filter };
}

interface PeriodPickerProps {
  filter: PeriodFilter;
  onChange: (filter: PeriodFilter) => void;
}

export function PeriodPicker({ filter, onChange }: PeriodPickerProps) {
  const { t } = usePeriodWords();
  const program = useProgram();
  const now = today(program?.now ?? new Date().toISOString(), program?.timezone ?? 'UTC');
  const chosen = periodOf(filter, program);
  const [own, setOwn] = useState(false);
  const preset = PRESETS.find((each) => {
    const days = daysOf(each, now);
    return days.from === chosen.from && days.through === chosen.through;
  });
  const set = (days: Required<PeriodFilter>) => {
    if (DAY.test(days.from) && DAY.test(days.through) && days.from <= days.through) {
      onChange(days);
    }
  };
  return (
    <Group gap="xs">
      <NativeSelect
        aria-label={t('period')}
        value={preset === undefined || own ? 'own' : preset}
        data={[...PRESETS.map((each) => ({ value: each, label: t(each) })), { value: 'own', label: t('own') }]}
        onChange={(event) => {
          const found = PRESETS.find((each) => each === event.currentTarget.value);
          setOwn(found === undefined);
          if (found !== undefined) {
            onChange(found === 'last30' ? {} : daysOf(found, now));
          }
        }}
      />
      {preset === undefined || own ? (
        <Group gap="xs" wrap="nowrap">
          <DayInput aria-label={t('from')} w={132} value={chosen.from} max={chosen.through} onChange={(from) => set({ ...chosen, from })} />
          <DayInput aria-label={t('through')} w={132} value={chosen.through} min={chosen.from} max={now} onChange={(through) => set({ ...chosen, through })} />
        </Group>
      ) : null}
    </Group>
  );
}
