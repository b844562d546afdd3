// Every movement of her wallets, and statements of a month as files.
import { Button, Card, Group, Select, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { monthName, monthStart, today } from '@shared/days';
import { moment } from '@shared/format';
import { useNames } from '@shared/names';
import { paged, Rows } from '@shared/rows';
import { useProgram } from '@shared/session';
import { Empty } from '@shared/ui';
import { IconArrowsExchange, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useAmounts, useMemberWallets, usePath, useZone } from './data';
import { useOneWords } from './words';

type Transfer = Schemas['TransferOut'];
/** How far back statements are offered here. */
const MONTHS = 24;
const OWN = new Set(['available', 'pending', 'held', 'debt']);
const KINDS = ['earned', 'spent', 'expired', 'adjusted', 'reversed', 'refunded', 'converted', 'transferred', 'imported', 'available', 'held'] as const;

/** What a movement is called: by the last word of its kind. */
function kindOf(transfer: Transfer): (typeof KINDS)[number] | 'other' {
  const last = transfer.kind.split('.').pop() ?? '';
  return KINDS.find((each) => last.startsWith(each.slice(0, 5))) ?? 'other';
}

/** What it means for what she has: more, less, or only moved within. */
function signed(transfer: Transfer): number {
  const comes = OWN.has(transfer.destination);
  const goes = OWN.has(transfer.source);
  return comes && !goes ? transfer.amount : goes && !comes ? -transfer.amount : 0;
}

export function Movements() {
  const { t, language } = useOneWords();
  const path = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const zone = useZone();
  const [wallet, setWallet] = useState<string | null>(null);
  const wallets = useMemberWallets();
  const transfers = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/members/{member_id}/transfers',
    { params: { path, query: wallet === null ? {} : { wallet } } },
    paged,
  );
  const options = (wallets.data?.items ?? []).map((each) => ({ value: each.wallet, label: names.wallet(each.wallet) }));
  return (
    <Stack>
      <Group align="flex-end" justify="space-between">
        <Select aria-label={t('wallet')} placeholder={t('wallet')} data={options} value={wallet} onChange={setWallet} clearable w={220} />
        <Statement wallets={options} />
      </Group>
      <Rows
        label={t('movements')}
        query={transfers}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'kind',
            title: t('what'),
            render: (row) => (
              <div>
                <Text size="sm">{t(`kinds.${kindOf(row)}`)}</Text>
                <Text size="xs" c="dimmed">
                  {[row.reason, row.rule === null ? null : names.rule(row.rule), row.order_key === null ? null : t('eventOrder', { id: row.order_key.split(':').slice(1).join(':') }), row.internal]
                    .filter((each) => each !== null)
                    .join(' · ')}
                </Text>
              </div>
            ),
          },
          { accessor: 'effective_at', title: t('when'), noWrap: true, render: (row) => moment(row.effective_at, zone, language) },
          { accessor: 'wallet', title: t('wallet'), hidden: wallet !== null || options.length < 2, render: (row) => names.wallet(row.wallet) },
          {
            accessor: 'amount',
            title: t('amount'),
            textAlign: 'right',
            render: (row) => {
              const units = signed(row);
              return (
                <Text size="sm" fw={600} c={units === 0 ? 'dimmed' : undefined}>
                  {units > 0 ? '+' : units < 0 ? '−' : ''}
                  {amounts.bare(row.wallet, row.amount)}
                </Text>
              );
            },
          },
        ]}
        empty={<Empty icon={<IconArrowsExchange size={36} stroke={1.2} />} title={t('noMovements')} text={t('noMovementsText')} />}
      />
    </Stack>
  );
}

function Statement({ wallets }: { wallets: { value: string; label: string }[] }) {
  const { t, language } = useOneWords();
  const { program, member_id } = usePath();
  const [wallet, setWallet] = useState<string | null>(null);
  const card = useProgram();
  const now = today(card?.now ?? new Date().toISOString(), card?.timezone ?? 'UTC');
  const months = Array.from({ length: MONTHS }, (_, back) => monthStart(now, -back)).map((first) => ({ value: first.slice(0, 7), label: monthName(first, language) }));
  const [month, setMonth] = useState<string | null>(now.slice(0, 7));
  const chosen = wallet ?? wallets[0]?.value;
  const address = (form: 'csv' | 'pdf'): string => `/v1/programs/${program}/members/${member_id}/wallets/${chosen ?? ''}/statements/${month}.${form}?language=${language}`;
  if (chosen === undefined) {
    return null;
  }
  return (
    <Card withBorder padding="xs">
      <Group align="flex-end" gap="xs">
        <Text size="sm" fw={600} my={8}>
          {t('statement')}
        </Text>
        <Select size="xs" aria-label={`${t('statement')}: ${t('wallet')}`} data={wallets} value={chosen} onChange={setWallet} allowDeselect={false} w={130} />
        <Select size="xs" aria-label={`${t('statement')}: ${t('month')}`} data={months} value={month} onChange={setMonth} allowDeselect={false} w={130} />
        {(['csv', 'pdf'] as const).map((form) => (
          <Button key={form} size="xs" variant="default" component="a" href={address(form)} download leftSection={<IconDownload size={14} />}>
            {t(form === 'csv' ? 'asCsv' : 'asPdf')}
          </Button>
        ))}
      </Group>
    </Card>
  );
}
