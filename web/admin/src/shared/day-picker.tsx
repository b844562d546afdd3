// The calendar of a day's input. Only loaded by `DayInput`.
import { DateInput, DatesProvider } from '@mantine/dates';
import '@mantine/dates/styles.css';
import 'dayjs/locale/es';
import { useRef, useState } from 'react';
import type { DayInputProps } from './day-input';
import { dayName } from './days';
import { useUiWords } from './ui.words';
import type { Language } from './words';

const ISO = /^\d{4}-\d{2}-\d{2}$/;

export default function DayPicker({ value, onChange, onUnread, min, max, clearable = false, ...input }: DayInputProps) {
  const { t, language } = useUiWords();
  const typed = useRef('');
  // The input empties itself of what is no day; that it did is said, or it would be lost in silence.
  const [unread, setUnread] = useState<string | null>(null);
  const tell = (text: string | null): void => {
    if (text !== unread) {
      setUnread(text);
      onUnread?.(text);
    }
  };
  return (
    <DatesProvider settings={{ locale: language, firstDayOfWeek: 1 }}>
      <DateInput
        withAsterisk={false}
        {...input}
        // Above the field: the calendar opens below it.
        inputWrapperOrder={['label', 'description', 'error', 'input']}
        error={unread === null ? input.error : t('noDay', { text: unread, example: dayName('2026-03-31', language) })}
        onInput={(event) => {
          typed.current = event.currentTarget.value;
          tell(null);
        }}
        onBlur={() => {
          const text = typed.current.trim();
          tell(text !== '' && read(text, language) === null ? text : null);
          typed.current = '';
        }}
        value={ISO.test(value) ? value : null}
        valueFormat={(day) => dayName(day, language)}
        dateParser={(text) => read(text, language)}
        clearable={clearable}
        clearButtonProps={{ 'aria-label': t('clear') }}
        minDate={min}
        maxDate={max}
        popoverProps={{ withinPortal: true }}
        onChange={(day) => {
          if (day !== null) {
            typed.current = '';
            tell(null);
          }
          onChange(day ?? '');
        }}
      />
    </DatesProvider>
  );
}

/** A day that was typed: as it is shown, 2026-03-31, or day and month by numbers in the order of the language. */
function read(text: string, language: Language): string | null {
  const typed = text.trim().toLocaleLowerCase(language);
  if (ISO.test(typed)) {
    return typed;
  }
  const numbers = typed.match(/\d+/g)?.map(Number) ?? [];
  const months = Array.from({ length: 12 }, (_, at) => new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, at, 1)));
  const named = months.findIndex((each) => typed.includes(each.toLocaleLowerCase(language).replace('.', '').slice(0, 3)));
  const monthFirst = language === 'en' && navigator.language === 'en-US';
  const [day, month, year] = named >= 0 ? [numbers[0], named + 1, numbers[1]] : monthFirst ? [numbers[1], numbers[0], numbers[2]] : numbers;
  if (day === undefined || month === undefined || year === undefined) {
    return null;
  }
  const at = new Date(Date.UTC(year < 100 ? 2000 + year : year, month - 1, day));
  return at.getUTCMonth() === month - 1 ? at.toISOString().slice(0, 10) : null;
}
