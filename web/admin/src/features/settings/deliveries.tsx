// What was sent to an endpoint: its state, every try, the words, and sending it again.
import { Badge, Button, Code, Group, Modal, SegmentedControl, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Loaded } from '@shared/ui';
import { IconSend } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSettingsWords } from './words';

const COLOURS = { waiting: 'yellow', delivered: 'teal', parked: 'red' } as const;

export function Deliveries({ program, endpointId }: { program: string; endpointId: string }) {
  const { t, language } = useSettingsWords();
  const { state } = useSearch({ from: '/signed-in/p/$program/settings/webhooks/$endpoint' });
  const navigate = useNavigate({ from: '/p/$program/settings/webhooks/$endpoint' });
  const zone = useProgram()?.timezone ?? 'UTC';
  const [open, setOpen] = useState<string | null>(null);
  const deliveries = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/webhooks/deliveries',
    { params: { path: { program }, query: { endpoint_id: endpointId, ...(state === undefined ? {} : { state }) } } },
    paged,
  );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2}>{t('deliveries')}</Title>
        <SegmentedControl
          aria-label={t('state')}
          value={state ?? ''}
          onChange={(value) => void navigate({ search: value === '' ? {} : { state: value as Schemas['DeliveryState'] }, replace: true })}
          data={[
            { value: '', label: t('allOfThem') },
            { value: 'delivered', label: t('delivered') },
            { value: 'waiting', label: t('underway') },
            { value: 'parked', label: t('parked') },
          ]}
        />
      </Group>
      <Rows
        label={t('deliveries')}
        query={deliveries}
        id={(row) => row.id}
        columns={[
          { accessor: 'kind', title: t('what'), render: (row) => <Text size="sm">{row.kind}</Text> },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Badge variant="light" color={COLOURS[row.state]}>
                {row.state === 'waiting' ? t('underway') : t(row.state)}
              </Badge>
            ),
          },
          { accessor: 'created_at', title: t('when'), render: (row) => moment(row.created_at, zone, language) },
          { accessor: 'last_status', title: t('answer'), render: (row) => row.last_status ?? row.last_error ?? '–' },
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
  const queries = useQueryClient();
  const may = useMay();
  const zone = useProgram()?.timezone ?? 'UTC';
  const path = { program, delivery_id: id };
  const found = api.useQuery('get', '/v1/programs/{program}/webhooks/deliveries/{delivery_id}', { params: { path } });
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
            <Table.ScrollContainer minWidth={420}>
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
                      <Table.Td>{moment(each.at, zone, language)}</Table.Td>
                      <Table.Td>{each.status ?? each.error ?? '–'}</Table.Td>
                      <Table.Td ta="right">{each.ms} ms</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            {delivery.next_at === null ? null : <Text size="sm">{t('nextTry', { when: moment(delivery.next_at, zone, language) })}</Text>}
            <Code block mah={320} style={{ overflow: 'auto' }} tabIndex={0} aria-label={t('wordsSent')}>
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
