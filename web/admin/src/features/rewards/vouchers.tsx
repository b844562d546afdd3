// Codes: finding one, batches of them, making and importing.
import { Badge, Button, Group, Progress, Stack, Text, TextInput, Title } from '@mantine/core';
import { api, type Schemas } from '@api';
import { day, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { About, Empty } from '@shared/ui';
import { IconPlus, IconSearch, IconTicket } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { BatchDrawer } from './batch';
import { MakeBatch } from './make-batch';
import { VoucherDrawer } from './voucher';
import { useRewardWords } from './words';

export type Batch = Schemas['VoucherBatchOut'];
export const BATCHES = '/v1/programs/{program}/voucher-batches';

export default function Vouchers({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const { code, batch } = useSearch({ from: '/signed-in/p/$program/rewards' });
  const navigate = useNavigate({ from: '/p/$program/rewards' });
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [typed, setTyped] = useState('');
  const [making, setMaking] = useState(false);
  const batches = api.useInfiniteQuery(
    'get',
    BATCHES,
    { params: { path: { program }, query: { limit: 30 } } },
    { ...paged, refetchInterval: (query: { state: { data?: { pages: ({ items: Batch[] } | undefined)[] } | undefined } }) => (query.state.data?.pages.some((page) => page?.items.some((each) => each.state === 'making')) ? 1_500 : false) },
  );
  const look = (search: { code?: string; batch?: string }) => void navigate({ search: { view: 'vouchers', ...search } });
  return (
    <Stack gap="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== '') {
            look({ code: typed.trim() });
          }
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput label={t('find')} placeholder={t('findHint')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} leftSection={<IconSearch size={16} />} w={{ base: '100%', xs: 320 }} />
          <Button type="submit" variant="default" disabled={typed.trim() === ''}>
            {t('findButton')}
          </Button>
        </Group>
      </form>
      <Stack gap="sm" component="section" aria-label={t('batches')}>
        <Group justify="space-between">
          <Group gap={2}>
            <Title order={2}>{t('batches')}</Title>
            <About text={t('batchesAbout')} label={t('batches')} size={16} />
          </Group>
          {may('vouchers:write') ? (
            <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
              {t('makeBatch')}
            </Button>
          ) : null}
        </Group>
        <Rows<Batch>
          label={t('batches')}
          query={batches}
          id={(row) => row.id}
          onOpen={(row) => look({ batch: row.id })}
          columns={[
            {
              accessor: 'name',
              title: t('batchName'),
              render: (row) => (
                <Button variant="transparent" p={0} h="auto" onClick={() => look({ batch: row.id })}>
                  {row.name}
                </Button>
              ),
            },
            { accessor: 'reward', title: t('reward'), render: (row) => names.reward(row.reward) },
            {
              accessor: 'made',
              title: t('made'),
              textAlign: 'right',
              render: (row) => (row.state === 'making' ? <Making batch={row} /> : <span>{whole(row.made, language)}</span>),
            },
            { accessor: 'ends_at', title: t('endsAt'), render: (row) => (row.ends_at === null ? t('always') : day(row.ends_at, zone, language)) },
            { accessor: 'created_at', title: t('created'), render: (row) => day(row.created_at, zone, language) },
            { accessor: 'state', title: t('state'), render: (row) => <BatchState batch={row} /> },
          ]}
          empty={<Empty icon={<IconTicket size={40} stroke={1.2} />} title={t('noBatches')} text={t('noBatchesText')} />}
        />
      </Stack>
      {making ? <MakeBatch program={program} onClose={() => setMaking(false)} onMade={(id) => { setMaking(false); look({ batch: id }); }} /> : null}
      {batch === undefined ? null : <BatchDrawer program={program} id={batch} onClose={() => look({})} />}
      {code === undefined ? null : <VoucherDrawer program={program} code={code} onClose={() => look({})} />}
    </Stack>
  );
}

export function BatchState({ batch }: { batch: Batch }) {
  const { t } = useRewardWords();
  const colors = { making: 'blue', done: 'teal', void: 'red' } as const;
  return (
    <Badge variant="light" size="sm" tt="none" color={colors[batch.state]}>
      {t({ making: 'making_', done: 'done_', void: 'void_' }[batch.state] as 'done_')}
    </Badge>
  );
}

export function Making({ batch }: { batch: Batch }) {
  const { t, language } = useRewardWords();
  return (
    <Stack gap={2}>
      <Text size="sm">
        {t('making', { made: whole(batch.made, language), wanted: whole(batch.wanted, language) })}
      </Text>
      <Progress value={batch.wanted === 0 ? 0 : (100 * batch.made) / batch.wanted} animated aria-label={batch.name} />
    </Stack>
  );
}
