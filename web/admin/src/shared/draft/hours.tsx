import { Group, TextInput } from '@mantine/core';
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
      <TextInput type="time" label={t('fromHour')} value={from} onChange={(event) => write(event.currentTarget.value, to)} error={fault} />
      <TextInput type="time" label={t('toHour')} value={to === '24:00' ? '' : to} placeholder={t('allDay')} onChange={(event) => write(from, event.currentTarget.value)} />
    </Group>
  );
}
