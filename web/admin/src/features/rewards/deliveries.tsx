// Rewards that somebody has to hand over or send.
import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment } from '@shared/format';
import { useNames } from '@shared/names';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty } from '@shared/ui';
import { IconPackage } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { MemberName } from './parts';
import type { Redemption } from './redemptions';
import { useRewardWords } from './words';

type Fulfilment = Schemas['FulfilIn']['fulfilment'];

export default function Deliveries({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [shown, setShown] = useState<'waiting' | 'under_way'>('waiting');
  const [marking, setMarking] = useState<{ row: Redemption; as: Fulfilment } | null>(null);
  const waiting = api.useInfiniteQuery('get', '/v1/programs/{program}/redemptions', { params: { path: { program }, query: { fulfilment: shown, limit: 50 } } }, paged);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('queue')}
        </Text>
        <SegmentedControl
          size="xs"
          value={shown}
          onChange={(next) => setShown(next === 'under_way' ? 'under_way' : 'waiting')}
          data={[
            { value: 'waiting', label: t('showWaiting') },
            { value: 'under_way', label: t('showUnderWay') },
          ]}
        />
      </Group>
      <Rows<Redemption>
        label={t('deliveries')}
        query={waiting}
        id={(row) => row.id}
        columns={[
          { accessor: 'committed_at', title: t('when'), render: (row) => moment(row.committed_at ?? row.held_at, zone, language) },
          { accessor: 'member_id', title: t('member'), render: (row) => <MemberName program={program} id={row.member_id} name={row.member_name} /> },
          { accessor: 'reward', title: t('reward'), render: (row) => names.reward(row.reward) },
          { accessor: 'note', title: t('note'), render: (row) => row.note || '–' },
          {
            accessor: 'id',
            title: '',
            textAlign: 'right',
            render: (row) =>
              may('redemptions:write') ? (
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  {shown === 'waiting' ? (
                    <Button size="compact-xs" variant="light" onClick={() => setMarking({ row, as: 'under_way' })}>
                      {t('send')}
                    </Button>
                  ) : null}
                  <Button size="compact-xs" variant="light" color="teal" onClick={() => setMarking({ row, as: 'done' })}>
                    {t('done')}
                  </Button>
                  <Button size="compact-xs" variant="subtle" color="red" onClick={() => setMarking({ row, as: 'failed' })}>
                    {t('failed')}
                  </Button>
                </Group>
              ) : null,
          },
        ]}
        empty={<Empty icon={<IconPackage size={40} stroke={1.2} />} title={t('noQueue')} text={t('noQueueText')} />}
      />
      {marking === null ? null : <Mark program={program} {...marking} onClose={() => setMarking(null)} />}
    </Stack>
  );
}

function Mark({ program, row, as, onClose }: { program: string; row: Redemption; as: Fulfilment; onClose: () => void }) {
  const { t } = useRewardWords();
  const names = useNames();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const say = api.useMutation('post', '/v1/programs/{program}/redemptions/{redemption_id}/fulfilment', {
    onSuccess: () => {
      notifications.show({ message: t('updated'), color: 'teal' });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/redemptions'] });
      onClose();
    },
  });
  return (
    <Confirm opened title={`${t(`f_${as}`)} · ${names.reward(row.reward)}`} verb={t(`f_${as}`)} danger={as === 'failed'} busy={say.isPending} failure={say.error} onConfirm={() => say.mutate({ params: { path: { program, redemption_id: row.id } }, body: { fulfilment: as, note: note === '' ? null : note } })} onClose={onClose}>
      <Text size="sm">{row.member_name}</Text>
      <TextInput label={t('note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
    </Confirm>
  );
}
