// The hours and minutes of an hour's input. Only loaded by `TimeInput`.
import { TimePicker as Picker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import type { TimeInputProps } from './time-input';
import { useUiWords } from './ui.words';

export default function TimePicker({ label, name = label, value, onChange, clearable = false, error }: TimeInputProps) {
  const { t } = useUiWords();
  return (
    <Picker
      label={label}
      aria-label={name}
      hoursInputLabel={`${name}: ${t('hours')}`}
      minutesInputLabel={`${name}: ${t('minutes')}`}
      format="24h"
      value={value}
      onChange={(time) => onChange(time.slice(0, 5))}
      clearable={clearable}
      clearButtonProps={{ 'aria-label': `${name}: ${t('clear')}` }}
      error={error}
      w={clearable ? 124 : 96}
    />
  );
}
