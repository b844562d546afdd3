// The codes of a batch, one by one: what became of each.
import { Badge, Button, Select, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty } from '@shared/ui';
import { IconTicketOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { MemberName } from './parts';
import { useRewardWords } from './words';

const CODE_STATES = ['issued', 'held', 'used', 'expired', 'void'] as const;
type CodeState = (typeof CODE_STATES)[number];
export const CODE_COLORS = { issued: 'teal', held: 'blue', used: 'gray', expired: 'gray', void: 'red', inactive: 'gray' } as const;

export function Codes({ program, batch }: { program: string; batch: string }) {
  const { t, language } = useRewardWords();
  const navigate = useNavigate({ from: '/p/$program/rewards' });
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [state, setState] = useState<CodeState | null>(null);
  const query = { batch_id: batch, limit: 25, ...(state === null ? {} : { state }) };
  const codes = api.useInfiniteQuery('get', '/v1/programs/{program}/vouchers', { params: { path: { program }, query } }, paged);
  const look = (code: string) => void navigate({ search: { view: 'vouchers', code } });
  return (
    <Stack gap="xs" component="section" aria-label={t('codes')}>
      <Text fw={600} size="sm">
        {t('codes')}
      </Text>
      <Select aria-label={t('state')} placeholder={t('everyState')} data={CODE_STATES.map((each) => ({ value: each, label: t(`v_${each}`) }))} value={state} clearable size="xs" w={200} onChange={(next) => setState(next as CodeState | null)} />
      <Rows<Schemas['VoucherOut']>
        label={t('codes')}
        query={codes}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'code',
            title: t('printed'),
            render: (row) =>
              row.code === null ? (
                `…${row.ending}`
              ) : (
                <Button variant="transparent" p={0} h="auto" size="sm" onClick={() => row.code !== null && look(row.code)}>
                  {row.printed ?? row.code}
                </Button>
              ),
          },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Badge variant="light" size="sm" tt="none" color={CODE_COLORS[row.state]}>
                {t(`v_${row.state}`)}
              </Badge>
            ),
          },
          { accessor: 'member_id', title: t('member'), render: (row) => (row.member_id === null ? '–' : may('members:read') ? <MemberName program={program} id={row.member_id} /> : '–') },
          { accessor: 'ends_at', title: t('ends'), render: (row) => (row.ends_at === null ? t('always') : moment(row.ends_at, zone, language)) },
        ]}
        empty={<Empty icon={<IconTicketOff size={32} stroke={1.2} />} title={t('noCodes')} text={t('noCodesText')} />}
      />
    </Stack>
  );
}
