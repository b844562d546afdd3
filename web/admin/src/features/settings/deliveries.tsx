// What was sent to an endpoint: its state, every try, the words, and sending it again.
import { Badge, Button, Code, Group, Modal, SegmentedControl, Select, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { useNarrow } from '@shared/cards';
import { moment, second } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Loaded } from '@shared/ui';
import { IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSettingsWords } from './words';

const COLOURS = { waiting: 'yellow', delivered: 'teal', parked: 'red' } as const;
const WHILE_SENDING = 2000;
const WHILE_WAITING = 30_000;
const SOON_MS = 60_000;
const ANSWERS = ['timeout', 'connection', 'tls', 'address_refused', 'endpoint_disabled', 'secret_unreadable', 'status'] as const;

/** How soon the log may have moved: at once while something is about to be sent, seldom while it waits for its next try. */
function lookAgain(rows: readonly { state: string; next_at: string | null }[]): number | false {
  const next = rows.filter((each) => each.state === 'waiting').map((each) => new Date(each.next_at ?? 0).getTime());
  return next.length === 0 ? false : Math.min(...next) < Date.now() + SOON_MS ? WHILE_SENDING : WHILE_WAITING;
}

/** What a receiver answered: its number, or why there is none. */
function useAnswer(): (status: number | null, error: string | null) => string {
  const { t } = useSettingsWords();
  return (status, error) => {
    const known = ANSWERS.find((each) => each === error);
    return status !== null ? String(status) : known !== undefined ? t(`answers.${known}`) : (error ?? '–');
  };
}

export function Deliveries({ program, endpointId }: { program: string; endpointId: string }) {
  const { t, language } = useSettingsWords();
  const answer = useAnswer();
  const { state, kind } = useSearch({ from: '/signed-in/p/$program/settings/webhooks/$endpoint' });
  const navigate = useNavigate({ from: '/p/$program/settings/webhooks/$endpoint' });
  const zone = useProgram()?.timezone ?? 'UTC';
  const narrow = useNarrow();
  const [open, setOpen] = useState<string | null>(null);
  const deliveries = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/webhooks/deliveries',
    { params: { path: { program }, query: { endpoint_id: endpointId, ...(state === undefined ? {} : { state }), ...(kind === undefined ? {} : { kind }) } } },
    { ...paged, refetchInterval: ({ state: now }) => lookAgain(now.data?.pages.flatMap((page) => page?.items ?? []) ?? []) },
  );
  const kinds = api.useQuery('get', '/v1/programs/{program}/webhooks/kinds', { params: { path: { program } } }, { staleTime: Infinity });
  const states = [
    { value: '', label: t('allOfThem') },
    { value: 'delivered', label: t('delivered') },
    { value: 'waiting', label: t('underway') },
    { value: 'parked', label: t('parked') },
  ];
  const show = (value: string) => void navigate({ search: (now) => ({ ...now, state: value === '' ? undefined : (value as Schemas['DeliveryState']) }), replace: true });
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{t('deliveries')}</Title>
        <Group gap="xs">
          <Select
            aria-label={t('kinds')}
            placeholder={t('everyKind')}
            searchable
            clearable
            nothingFoundMessage={t('noKind')}
            data={(kinds.data?.items ?? []).map((each) => each.kind)}
            value={kind ?? null}
            onChange={(value) => void navigate({ search: (now) => ({ ...now, kind: value ?? undefined }), replace: true })}
            w={220}
          />
          {narrow ? <Select aria-label={t('state')} data={states} value={state ?? ''} allowDeselect={false} onChange={(value) => show(value ?? '')} w={220} /> : <SegmentedControl aria-label={t('state')} data={states} value={state ?? ''} onChange={show} />}
        </Group>
      </Group>
      <Rows
        label={t('deliveries')}
        query={deliveries}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'kind',
            title: t('what'),
            render: (row) => (
              <Stack gap={0}>
                <Text size="sm">{row.kind}</Text>
                <Text size="xs" c="dimmed">
                  {kinds.data?.items.find((each) => each.kind === row.kind)?.description}
                </Text>
              </Stack>
            ),
          },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Badge variant="light" color={COLOURS[row.state]}>
                {row.state === 'waiting' ? t('underway') : t(row.state)}
              </Badge>
            ),
          },
          { accessor: 'created_at', title: t('when'), noWrap: true, render: (row) => moment(row.created_at, zone, language) },
          { accessor: 'last_status', title: t('answer'), render: (row) => answer(row.last_status, row.last_error) },
          {
            accessor: 'actions',
            title: <VisuallyHidden>{t('actions')}</VisuallyHidden>,
            textAlign: 'right',
            render: (row) => (
              <Button size="xs" variant="subtle" onClick={() => setOpen(row.id)}>
                {t('see')}
              </Button>
            ),
          },
        ]}
        empty={<Empty icon={<IconSend size={40} stroke={1.2} />} title={t('noDeliveries')} text={t('noDeliveriesText')} />}
      />
      {open === null ? null : <Delivery program={program} id={open} onClose={() => setOpen(null)} />}
    </Stack>
  );
}

function Delivery({ program, id, onClose }: { program: string; id: string; onClose: () => void }) {
  const { t, language } = useSettingsWords();
  const answer = useAnswer();
  const queries = useQueryClient();
  const may = useMay();
  const zone = useProgram()?.timezone ?? 'UTC';
  const path = { program, delivery_id: id };
  const found = api.useQuery('get', '/v1/programs/{program}/webhooks/deliveries/{delivery_id}', { params: { path } }, { refetchInterval: ({ state: now }) => (now.data === undefined ? false : lookAgain([now.data])) });
  const replay = api.useMutation('post', '/v1/programs/{program}/webhooks/deliveries/{delivery_id}/replay', {
    onSuccess: () => {
      notifications.show({ message: t('replayed') });
      void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/deliveries') });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={600}>{found.data?.kind ?? t('delivery')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <Loaded query={found}>
        {(delivery) => (
          <Stack>
            <Table.ScrollContainer minWidth={300}>
              <Table verticalSpacing="xs" aria-label={t('tries')}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('try')}</Table.Th>
                    <Table.Th>{t('answer')}</Table.Th>
                    <Table.Th ta="right">{t('took')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {delivery.history.length === 0 ? (
                    <Table.Tr>
                      <Table.Td colSpan={3}>{t('noTries')}</Table.Td>
                    </Table.Tr>
                  ) : null}
                  {delivery.history.map((each) => (
                    <Table.Tr key={each.at}>
                      <Table.Td>{second(each.at, zone, language)}</Table.Td>
                      <Table.Td>{answer(each.status, each.error)}</Table.Td>
                      <Table.Td ta="right">{each.ms} ms</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {delivery.next_at === null ? null : <Text size="sm">{t('nextTry', { when: second(delivery.next_at, zone, language) })}</Text>}
            <Text size="sm" fw={600}>
              {t('wordsSent')}
            </Text>
            <Code block mah={320} style={{ overflow: 'auto', flexShrink: 0 }} tabIndex={0} aria-label={t('wordsSent')}>
              {JSON.stringify(delivery.body, null, 2)}
            </Code>
            {replay.error ? <Failure failure={replay.error} writing /> : null}
            {may('webhooks:write') ? (
              <Group justify="flex-end">
                <Button loading={replay.isPending} onClick={() => replay.mutate({ params: { path } })}>
                  {t('sendAgain')}
                </Button>
              </Group>
            ) : null}
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
