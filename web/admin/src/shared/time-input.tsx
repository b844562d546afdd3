// An hour of a day, on a clock of 24; written alike in every browser.
import { Skeleton } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';

const TimePicker = lazy(() => import('./time-picker'));

export interface TimeInputProps {
  label: string;
  /** What the parts of it are read out as, where the label alone does not say whose hour it is. */
  name?: string;
  /** As `09:30`; nothing is no hour. */
  value: string;
  onChange: (time: string) => void;
  /** Whether there may be no hour. */
  clearable?: boolean;
  error?: ReactNode;
}

export function TimeInput(props: TimeInputProps) {
  return (
    <Suspense fallback={<Skeleton w={96} h={36} />}>
      <TimePicker {...props} />
    </Suspense>
  );
}
