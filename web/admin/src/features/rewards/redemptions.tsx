// Who took what: filtered by reward and state, with the way to take it back.
import { Badge, Button, Group, Select, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment, money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty } from '@shared/ui';
import { IconGift } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { MemberName, useRewardChoices } from './parts';
import { STATES } from './routes';
import { useRewardWords } from './words';

export type Redemption = Schemas['RedemptionOut'];
const COLORS = { held: 'blue', committed: 'teal', cancelled: 'gray', lapsed: 'gray', voided: 'red' } as const;

export default function Redemptions({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const { reward, state } = useSearch({ from: '/signed-in/p/$program/rewards' });
  const navigate = useNavigate({ from: '/p/$program/rewards' });
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const choices = useRewardChoices(program);
  const [cancelling, setCancelling] = useState<Redemption | null>(null);
  const query = { ...(reward === undefined ? {} : { reward }), ...(state === undefined ? {} : { state }), limit: 50 };
  const redemptions = api.useInfiniteQuery('get', '/v1/programs/{program}/redemptions', { params: { path: { program }, query } }, paged);
  return (
    <>
      <Group mb="md" gap="sm">
        <Select aria-label={t('reward')} placeholder={t('every')} data={choices} value={reward ?? null} clearable searchable w={240} onChange={(next) => void navigate({ search: ({ reward: _, ...now }) => (next === null ? now : { ...now, reward: next }) })} />
        <Select aria-label={t('state')} placeholder={t('everyState')} data={STATES.map((each) => ({ value: each, label: t(`s_${each}`) }))} value={state ?? null} clearable w={200} onChange={(next) => void navigate({ search: ({ state: _, ...now }) => (next === null ? now : { ...now, state: next as (typeof STATES)[number] }) })} />
      </Group>
      <Rows<Redemption>
        label={t('redemptions')}
        query={redemptions}
        id={(row) => row.id}
        columns={[
          { accessor: 'held_at', title: t('when'), noWrap: true, render: (row) => moment(row.committed_at ?? row.held_at, zone, language) },
          { accessor: 'member_id', title: t('member'), render: (row) => <MemberName program={program} id={row.member_id} name={row.member_name} /> },
          { accessor: 'reward', title: t('reward'), render: (row) => names.reward(row.reward) },
          { accessor: 'units', title: t('paid'), textAlign: 'right', noWrap: true, render: (row) => (row.wallet === null ? t('free') : `${whole(row.units, language)} ${names.wallet(row.wallet)}`) },
          { accessor: 'discount_minor', title: t('discount'), textAlign: 'right', noWrap: true, render: (row) => (row.discount_minor === 0 ? '–' : money(row.discount_minor, row.currency, language)) },
          { accessor: 'order', title: t('order'), render: (row) => row.order?.split(':').slice(1).join(':') ?? '–' },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Badge variant="light" size="sm" tt="none" color={COLORS[row.state]}>
                {t(`s_${row.state}`)}
              </Badge>
            ),
          },
          {
            accessor: 'id',
            title: '',
            render: (row) =>
              may('redemptions:write') && (row.state === 'held' || row.state === 'committed') ? (
                <Button size="compact-xs" variant="subtle" color="red" onClick={() => setCancelling(row)}>
                  {t('cancel')}
                </Button>
              ) : null,
          },
        ]}
        empty={<Empty icon={<IconGift size={40} stroke={1.2} />} title={t('noRedemptions')} text={t('noRedemptionsText')} />}
      />
      {cancelling === null ? null : <Cancel program={program} row={cancelling} onClose={() => setCancelling(null)} />}
    </>
  );
}

function Cancel({ program, row, onClose }: { program: string; row: Redemption; onClose: () => void }) {
  const { t, language } = useRewardWords();
  const names = useNames();
  const queries = useQueryClient();
  const cancel = api.useMutation('post', '/v1/programs/{program}/redemptions/{redemption_id}/cancel', {
    onSuccess: () => {
      notifications.show({ message: t('cancelled'), color: 'teal' });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/redemptions'] });
      onClose();
    },
  });
  const name = row.member_name ?? t('member');
  const reward = names.reward(row.reward);
  return (
    <Confirm opened title={t('cancelTitle')} verb={t('cancelVerb')} danger busy={cancel.isPending} failure={cancel.error} onConfirm={() => cancel.mutate({ params: { path: { program, redemption_id: row.id } }, body: { by_member: false } })} onClose={onClose}>
      <Text size="sm">{row.wallet === null ? t('cancelFree', { name, reward }) : t('cancelText', { name, reward, n: whole(row.units - row.returned, language), unit: names.wallet(row.wallet) })}</Text>
    </Confirm>
  );
}
