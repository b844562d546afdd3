// Who she is: what the program keeps of her, how she is recognised, what she agreed to.
import { Badge, Button, Card, Grid, Group, Modal, Select, SimpleGrid, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { CountryInput } from '@shared/country-input';
import { DayInput } from '@shared/day-input';
import { moment } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { useState } from 'react';
import { heldOf, OwnFields, sentOf } from '../own-fields';
import { useOwnFields, usePurposes } from '../program';
import { usePath, useRefresh, useZone, type Member } from './data';
import { Identities } from './identities';
import { useOneWords } from './words';

export function Profile({ member }: { member: Member }) {
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack gap="lg">
          <Person member={member} key={member.updated_at} />
          <Consents member={member} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Identities member={member} />
      </Grid.Col>
    </Grid>
  );
}

function Person({ member }: { member: Member }) {
  const { t } = useOneWords();
  const may = useMay();
  const path = usePath();
  const refresh = useRefresh();
  const program = useProgram();
  const currency = program?.currency ?? 'EUR';
  const fields = useOwnFields();
  const held = heldOf(fields, member.attributes as Record<string, unknown>, currency);
  const [own, setOwn] = useState(held);
  const before = { name: member.name ?? '', birthday: member.birthday ?? '', country: member.country ?? '', locale: member.locale ?? '', zone: member.zone ?? '' };
  const form = useForm({ initialValues: before });
  const change = api.useMutation('patch', '/v1/programs/{program}/members/{member_id}', {
    onSuccess: () => {
      notifications.show({ message: t('saved') });
      refresh();
    },
  });
  const changedOwn = fields.filter((each) => JSON.stringify(own[each.name] ?? '') !== JSON.stringify(held[each.name] ?? ''));
  const send = form.onSubmit((values) => {
    const said = (Object.keys(before) as (keyof typeof before)[]).filter((each) => values[each] !== before[each]);
    change.mutate({
      params: { path },
      body: {
        ...Object.fromEntries(said.map((each) => [each, values[each].trim() || null])),
        ...(changedOwn.length > 0 && { attributes: sentOf(changedOwn, own, currency) as Record<string, never> }),
      },
    });
  });
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('profile')}
      </Title>
      <form onSubmit={send}>
        <fieldset disabled={!may('members:write')} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <Stack>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput label={t('name')} maxLength={200} {...form.getInputProps('name')} />
              <DayInput label={t('birthday')} disabled={!may('members:write')} clearable {...form.getInputProps('birthday')} value={form.values.birthday} />
              <CountryInput label={t('country')} {...form.getInputProps('country')} value={form.values.country} />
              <TextInput label={t('language')} maxLength={10} {...form.getInputProps('locale')} />
              <TextInput label={t('zone')} maxLength={64} {...form.getInputProps('zone')} />
              <OwnFields fields={fields} values={own} currency={currency} onChange={setOwn} />
            </SimpleGrid>
            {change.error ? <Failure failure={change.error} writing /> : null}
            {may('members:write') ? (
              <Group>
                <Button type="submit" loading={change.isPending} disabled={!form.isDirty() && changedOwn.length === 0}>
                  {t('save')}
                </Button>
              </Group>
            ) : null}
          </Stack>
        </fieldset>
      </form>
    </Card>
  );
}

function Consents({ member }: { member: Member }) {
  const { t, language } = useOneWords();
  const zone = useZone();
  const may = useMay();
  const path = usePath();
  const purposes = usePurposes();
  const [recording, setRecording] = useState(false);
  const [showsAll, setShowsAll] = useState(false);
  const history = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/consents', { params: { path } }, { enabled: showsAll });
  const textOf = (purpose: string): string => purposes.find((each) => each.id === purpose)?.text ?? purpose;
  const rows = (items: Member['consents']) => (
    <Table.ScrollContainer minWidth={340}>
      <Table verticalSpacing="xs">
        <Table.Tbody>
          {items.map((each, index) => (
            <Table.Tr key={`${each.purpose} ${each.channel} ${each.at} ${index}`}>
              <Table.Td pl={0}>
                <Text size="sm">{textOf(each.purpose)}</Text>
                <Text size="xs" c="dimmed">
                  {[each.channel, t('consentBy', { day: each.at === null ? '–' : moment(each.at, zone, language), source: String(each.evidence['source'] ?? '') }), each.evidence['note'], each.evidence['text_version']]
                    .filter((one) => typeof one === 'string' && one !== '')
                    .join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                <Badge variant="light" color={each.given ? 'teal' : 'red'} autoContrast tt="none">
                  {each.given ? t('gave') : t('refused')}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
  return (
    <Card withBorder padding="lg">
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t('consents')}</Title>
        {may('members:write') && purposes.length > 0 ? (
          <Button size="compact-sm" variant="subtle" onClick={() => setRecording(true)}>
            {t('record')}
          </Button>
        ) : null}
      </Group>
      {member.consents.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noConsents')}
        </Text>
      ) : (
        <>
          {rows(member.consents)}
          {showsAll ? (
            <>
              <Text size="sm" fw={600} mt="md">
                {t('history')}
              </Text>
              <Loaded query={history}>{rows}</Loaded>
            </>
          ) : (
            <Button size="compact-sm" variant="subtle" onClick={() => setShowsAll(true)}>
              {t('history')}
            </Button>
          )}
        </>
      )}
      <Modal opened={recording} onClose={() => setRecording(false)} title={<Text fw={600}>{t('recordTitle')}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
        <Record onDone={() => setRecording(false)} />
      </Modal>
    </Card>
  );
}

function Record({ onDone }: { onDone: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const purposes = usePurposes();
  const [purpose, setPurpose] = useState(purposes[0]?.id ?? '');
  const [answer, setAnswer] = useState<'yes' | 'no'>('yes');
  const [how, setHow] = useState('');
  const record = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/consents', {
    onSuccess: () => {
      notifications.show({ message: t('recorded') });
      refresh();
      onDone();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        record.mutate({ params: { path }, body: { consents: [{ purpose, channel: '', given: answer === 'yes', evidence: { source: 'admin', note: how.trim() } }] } });
      }}
    >
      <Stack>
        <Select label={t('purpose')} data={purposes.map((each) => ({ value: each.id, label: each.text }))} value={purpose} onChange={(chosen) => setPurpose(chosen ?? '')} allowDeselect={false} />
        <Select
          label={t('answer')}
          data={[
            { value: 'yes', label: t('yes') },
            { value: 'no', label: t('no') },
          ]}
          value={answer}
          onChange={(chosen) => setAnswer(chosen === 'no' ? 'no' : 'yes')}
          allowDeselect={false}
        />
        <TextInput label={t('source')} placeholder={t('sourceHint')} value={how} maxLength={500} required onChange={(event) => setHow(event.currentTarget.value)} />
        {record.error ? <Failure failure={record.error} writing /> : null}
        <Group justify="flex-end">
          <Button type="submit" loading={record.isPending} disabled={how.trim() === ''}>
            {t('record')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
