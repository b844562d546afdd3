// Which rows, and as what kind of file.
import { Button, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { DayInput } from '@shared/day-input';
import { useMay } from '@shared/session';
import { Failure } from '@shared/ui';
import { useSettingsWords } from './words';

type Kind = Schemas['ExportOut']['kind'];

const KINDS: readonly Kind[] = ['members', 'orders', 'transfers', 'redemptions', 'vouchers', 'events', 'audit'];
const NEEDS = {
  members: 'members:read', orders: 'events:read', transfers: 'members:read', redemptions: 'members:read', vouchers: 'vouchers:read', events: 'events:read', audit: 'audit:read',
} as const;
const OF_MEMBERS: readonly Kind[] = ['members'];

export function ExportForm({ program, onDone, onClose }: { program: string; onDone: () => void; onClose: () => void }) {
  const { t } = useSettingsWords();
  const may = useMay();
  const segments = api.useQuery('get', '/v1/programs/{program}/segments', { params: { path: { program } } });
  const form = useForm({
    initialValues: { kind: 'members' as Kind, format: 'csv' as 'csv' | 'xlsx', headings: 'words' as 'words' | 'fields', segment: null as string | null, since: '', through: '' },
  });
  const ask = api.useMutation('post', '/v1/programs/{program}/exports', { onSuccess: onDone });
  const ofMembers = OF_MEMBERS.includes(form.values.kind);
  const save = form.onSubmit(({ kind, format, headings, segment, since, through }) => {
    const when = ofMembers ? {} : { ...(since === '' ? {} : { since }), ...(through === '' ? {} : { through }) };
    const whom = ofMembers && segment !== null ? { segment } : {};
    ask.mutate({ params: { path: { program } }, body: { kind, format, headings, filters: { ...when, ...whom } } });
  });
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{t('newExport')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <Select
            label={t('whatRows')}
            allowDeselect={false}
            data={KINDS.filter((each) => may(NEEDS[each])).map((each) => ({ value: each, label: t(`kindOf.${each}`) }))}
            {...form.getInputProps('kind')}
          />
          {ofMembers ? (
            <Select
              label={t('segment')}
              placeholder={t('everybody')}
              clearable
              data={(segments.data?.items ?? []).map((each) => ({ value: each.id, label: each.label }))}
              {...form.getInputProps('segment')}
            />
          ) : (
            <Group grow align="flex-start">
              <DayInput label={t('fromDay')} clearable max={form.values.through === '' ? undefined : form.values.through} {...form.getInputProps('since')} value={form.values.since} />
              <DayInput label={t('throughDay')} clearable min={form.values.since === '' ? undefined : form.values.since} {...form.getInputProps('through')} value={form.values.through} />
            </Group>
          )}
          <SegmentedControl
            aria-label={t('format')}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'xlsx', label: 'Excel' },
            ]}
            {...form.getInputProps('format')}
          />
          <Select
            label={t('headings')}
            description={t(form.values.headings === 'words' ? 'headingsWords' : 'headingsFields')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            allowDeselect={false}
            data={[
              { value: 'words', label: t('forPeople') },
              { value: 'fields', label: t('forMachines') },
            ]}
            {...form.getInputProps('headings')}
          />
          {ask.error ? <Failure failure={ask.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={ask.isPending}>
              {t('makeFile')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
