// A local day, chosen in a calendar or typed; written as the app's language writes days, whatever the browser's.
import { TextInput, type TextInputProps } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { dayName } from './days';
import { useLanguage } from './words';

const DayPicker = lazy(() => import('./day-picker'));

export interface DayInputProps extends Pick<TextInputProps, 'label' | 'description' | 'error' | 'required' | 'disabled' | 'w' | 'flex' | 'style'> {
  'aria-label'?: string;
  /** As `2026-03-31`; nothing is no day. */
  value: string;
  onChange: (day: string) => void;
  min?: string | undefined;
  max?: string | undefined;
  /** What was typed and is no day, so that a form does not send nothing instead; null once it is over. */
  onUnread?: (text: string | null) => void;
  /** Whether there may be no day. */
  clearable?: boolean;
}

/** The calendar is loaded after the page; until then the day stands there as it will. */
export function DayInput(props: DayInputProps) {
  const language = useLanguage();
  const { value, onChange: _, min: _min, max: _max, clearable: _clearable, onUnread: _unread, ...rest } = props;
  return (
    <Suspense fallback={<TextInput withAsterisk={false} {...rest} readOnly value={value === '' ? '' : dayName(value, language)} />}>
      <DayPicker {...props} />
    </Suspense>
  );
}
