// A moment by the program's clock: a day and, once there is one, an hour of it. No word of the browser's own zone.
import { Group, Skeleton } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { DayInput } from './day-input';

const TimePicker = lazy(() => import('./time-picker'));

export interface TimeInputProps {
  /** What the moment is called: the hour of it has a name of its own. */
  label: string;
  value: string;
  onChange: (time: string) => void;
}

interface MomentInputProps {
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  /** As `2026-03-31T09:30`, of the program's zone; nothing is no moment. */
  value: string;
  onChange: (moment: string) => void;
}

export function MomentInput({ label, description, error, value, onChange }: MomentInputProps) {
  const [day = '', time = ''] = value.split('T');
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <DayInput label={label} description={description} error={error} value={day} clearable flex={1} onChange={(next) => onChange(next === '' ? '' : `${next}T${time || '00:00'}`)} />
      {day === '' ? null : (
        <Suspense fallback={<Skeleton w={96} h={36} />}>
          <TimePicker label={label} value={time.slice(0, 5)} onChange={(next) => onChange(`${day}T${next.slice(0, 5) || '00:00'}`)} />
        </Suspense>
      )}
    </Group>
  );
}
