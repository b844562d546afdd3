import { Group } from '@mantine/core';
import { TimeInput } from '@shared/time-input';
import { useFaults, type Control } from './form';
import { useDraftWords } from './words';

/** `17:00-19:00`. */
export function DayHours({ value, onChange, path }: Control<string>) {
  const { t } = useDraftWords();
  const fault = useFaults(path);
  const [from = '', to = ''] = (value ?? '').split('-');
  const write = (start: string, end: string) => onChange(start === '' && end === '' ? undefined : `${start || '00:00'}-${end || '24:00'}`);
  return (
    <Group gap={6} align="flex-end">
      <TimeInput label={t('fromHour')} value={from} clearable onChange={(start) => write(start, to)} error={fault} />
      <TimeInput label={t('toHour')} value={to === '24:00' ? '' : to} clearable onChange={(end) => write(from, end)} />
    </Group>
  );
}
