// The calendar of a day's input. Only loaded by `DayInput`.
import { DateInput, DatesProvider } from '@mantine/dates';
import '@mantine/dates/styles.css';
import 'dayjs/locale/es';
import type { DayInputProps } from './day-input';
import { dayName } from './days';
import { useUiWords } from './ui.words';
import type { Language } from './words';

const ISO = /^\d{4}-\d{2}-\d{2}$/;

export default function DayPicker({ value, onChange, min, max, clearable = false, ...input }: DayInputProps) {
  const { t, language } = useUiWords();
  return (
    <DatesProvider settings={{ locale: language, firstDayOfWeek: 1 }}>
      <DateInput
        withAsterisk={false}
        {...input}
        value={ISO.test(value) ? value : null}
        valueFormat={(day) => dayName(day, language)}
        dateParser={(text) => read(text, language)}
        clearable={clearable}
        clearButtonProps={{ 'aria-label': t('clear') }}
        minDate={min}
        maxDate={max}
        popoverProps={{ withinPortal: true }}
        onChange={(day) => onChange(day ?? '')}
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
