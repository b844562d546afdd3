// A moment by the program's clock: a day and, once there is one, an hour of it. No word of the browser's own zone.
import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { DayInput } from './day-input';
import { TimeInput } from './time-input';
import { useUiWords } from './ui.words';

interface MomentInputProps {
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  /** As `2026-03-31T09:30`, of the program's zone; nothing is no moment. */
  value: string;
  onChange: (moment: string) => void;
}

export function MomentInput({ label, description, error, value, onChange }: MomentInputProps) {
  const { t } = useUiWords();
  const [day = '', time = ''] = value.split('T');
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <DayInput label={label} description={description} error={error} value={day} clearable flex={1} onChange={(next) => onChange(next === '' ? '' : `${next}T${time || '00:00'}`)} />
      {day === '' ? null : (
        <TimeInput label={t('hour')} name={`${label}: ${t('hour')}`} value={time.slice(0, 5)} onChange={(next) => onChange(`${day}T${next || '00:00'}`)} />
      )}
    </Group>
  );
}
