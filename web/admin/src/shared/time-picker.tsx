// The hour of a moment's input. Only loaded by `MomentInput`.
import { TimePicker as Picker } from '@mantine/dates';
import '@mantine/dates/styles.css';
import type { TimeInputProps } from './moment-input';
import { useUiWords } from './ui.words';

export default function TimePicker({ value, onChange, label }: TimeInputProps) {
  const { t } = useUiWords();
  return (
    <Picker
      label={t('hour')}
      aria-label={`${label}: ${t('hour')}`}
      hoursInputLabel={`${label}: ${t('hours')}`}
      minutesInputLabel={`${label}: ${t('minutes')}`}
      format="24h"
      value={value}
      onChange={onChange}
      w={96}
    />
  );
}
