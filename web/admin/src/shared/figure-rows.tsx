// The rows behind a figure, in a drawer. Which list it is follows from the address that the server gave with the figure.
import { Anchor, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { IconDownload, IconTableOff } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { DataTableColumn } from 'mantine-datatable';
import { useState } from 'react';
import { saveCsv } from './csv';
import { dayName } from './days';
import { SqlButton } from './figures';
import { useFigureWords, type FigureWord } from './figures.words';
import { day, moment, money, whole } from './format';
import { useNames } from './names';
import { paged, Rows } from './rows';
import { useProgram } from './session';
import { Empty, Failure } from './ui';

interface FigureRowsProps {
  /** Below the program's address, with its query. */
  rows: string;
  title: string;
  currency: string;
  /** Where SQL is that adds the figure up anew. */
  sql?: string | undefined;
  onClose: () => void;
}

export default function FigureRows({ rows, title, currency, sql, onClose }: FigureRowsProps) {
  const { t, language } = useFigureWords();
  const { program = '' } = useParams({ strict: false });
  const [saving, setSaving] = useState<number>();
  const [failure, setFailure] = useState<unknown>();
  const [address = '', search = ''] = rows.split('?');
  const List = LISTS[address.replace(/^reports\//, '')];
  const save = async () => {
    setFailure(undefined);
    setSaving(0);
    try {
      await saveCsv(program, rows, title, setSaving);
    } catch (reason) {
      setFailure(reason);
    }
    setSaving(undefined);
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={<Text fw={600}>{t('rowsOf', { figure: title })}</Text>}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Group>
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={saving !== undefined} onClick={() => void save()}>
            {t('csv')}
          </Button>
          {sql === undefined ? null : <SqlButton sql={sql} title={title} />}
          {saving ? (
            <Text size="xs" c="dimmed" role="status">
              {t('saving', { count: whole(saving, language) })}
            </Text>
          ) : null}
        </Group>
        {failure === undefined ? null : <Failure failure={failure} retry={() => void save()} />}
        {List === undefined ? null : <List query={Object.fromEntries(new URLSearchParams(search))} currency={currency} label={title} />}
      </Stack>
    </Drawer>
  );
}

interface ListProps {
  /** As the server wrote it in the address of the rows. */
  query: Record<string, string>;
  currency: string;
  label: string;
}

/** What every list needs of its place, and cells that several share. */
function useCells(query: Record<string, string>, currency: string) {
  const { t, language } = useFigureWords();
  const { program = '' } = useParams({ strict: false });
  const zone = useProgram()?.timezone ?? 'UTC';
  const names = useNames();
  return {
    t,
    language,
    zone,
    names,
    // The server wrote the address, so its query is what the list takes.
    asked: { params: { path: { program }, query: query as never } },
    empty: <Empty icon={<IconTableOff size={36} stroke={1.2} />} title={t('noRows')} text={t('noRowsText')} />,
    cash: (minor: number) => money(minor, currency, language),
    count: (value: number) => whole(value, language),
    units: (value: number, wallet: string | null | undefined) =>
      wallet !== null && wallet !== undefined && names.isMoney(wallet) ? money(value, currency, language) : whole(value, language),
    member: (id: string | null, name: string | null) =>
      id === null ? (
        t('guest')
      ) : (
        <Anchor size="sm" href={`/admin/p/${program}/members/${id}`} target="_blank">
          {name ?? t('noName')}
        </Anchor>
      ),
  };
}

const right = { textAlign: 'right' } as const;

function MemberRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, count, member, zone, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/members', asked, paged);
  return <Rows label={label} query={found} id={(row) => row.member_id} empty={empty} columns={memberColumns({ t, cash, count, member, zone, language })} />;
}

function CohortRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, count, member, zone, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/cohorts/members', asked, paged);
  return <Rows label={label} query={found} id={(row) => row.member_id} empty={empty} columns={memberColumns({ t, cash, count, member, zone, language })} />;
}

type MemberCells = Pick<ReturnType<typeof useCells>, 't' | 'cash' | 'count' | 'member' | 'zone' | 'language'>;

function memberColumns({ t, cash, count, member, zone, language }: MemberCells): DataTableColumn<Schemas['MemberRowOut']>[] {
  return [
    { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
    { accessor: 'status', title: t('status'), render: (row) => t(`statuses.${row.status}` as FigureWord) },
    { accessor: 'enrolled_at', title: t('since'), render: (row) => (row.enrolled_at === null ? '–' : day(row.enrolled_at, zone, language)) },
    { accessor: 'orders', title: t('orders'), render: (row) => count(row.orders), ...right },
    { accessor: 'sales_minor', title: t('sales'), render: (row) => cash(row.sales_minor), ...right },
  ];
}

function OrderRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, zone, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/orders', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.source} ${row.order_id}`}
      empty={empty}
      columns={[
        { accessor: 'order_id', title: t('order') },
        { accessor: 'occurred_at', title: t('when'), render: (row) => moment(row.occurred_at, zone, language) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.by_member ? row.member_id : null, row.member_name) },
        { accessor: 'returning', title: t('returning'), render: (row) => t(row.returning ? 'yes' : 'no') },
        { accessor: 'sales_minor', title: t('sales'), render: (row) => cash(row.sales_minor), ...right },
      ]}
    />
  );
}

function transferColumns({ t, member, zone, language, names, units }: ReturnType<typeof useCells>): DataTableColumn<Schemas['TransferRowOut']>[] {
  return [
    { accessor: 'recorded_at', title: t('when'), render: (row) => moment(row.recorded_at, zone, language) },
    { accessor: 'holder_id', title: t('member'), render: (row) => member(row.holder_id, row.member_name) },
    { accessor: 'rule', title: t('kind'), render: (row) => (row.rule === null ? '–' : names.rule(row.rule)) },
    { accessor: 'order', title: t('order'), render: (row) => row.order ?? '–' },
    { accessor: 'units', title: t('units'), render: (row) => units(row.units, row.wallet), ...right },
  ];
}

function TransferRows({ query, currency, label }: ListProps) {
  const cells = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/transfers', cells.asked, paged);
  return <Rows label={label} query={found} id={(row) => row.id} empty={cells.empty} columns={transferColumns(cells)} />;
}

function BudgetRows({ query, currency, label }: ListProps) {
  const cells = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/budgets/rows', cells.asked, paged);
  return <Rows label={label} query={found} id={(row) => row.id} empty={cells.empty} columns={transferColumns(cells)} />;
}

function HolderRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, member, units } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/holders', asked, paged);
  const column = (accessor: 'available' | 'pending' | 'held' | 'debt') => ({
    accessor,
    title: t(accessor),
    render: (row: Schemas['HolderRowOut']) => units(row[accessor], query['wallet']),
    ...right,
  });
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.holder_id}
      empty={empty}
      columns={[
        { accessor: 'holder_id', title: t('member'), render: (row) => member(row.holder_id, row.member_name) },
        column('available'),
        column('pending'),
        column('held'),
        column('debt'),
      ]}
    />
  );
}

function EndingRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, member, units, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/ending', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.holder_id} ${row.ends_on}`}
      empty={empty}
      columns={[
        { accessor: 'holder_id', title: t('member'), render: (row) => member(row.holder_id, row.member_name) },
        { accessor: 'ends_on', title: t('when'), render: (row) => dayName(row.ends_on, language) },
        { accessor: 'units', title: t('units'), render: (row) => units(row.units, query['wallet']), ...right },
      ]}
    />
  );
}

function SilentRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, count, member, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/churn/members', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.member_id}
      empty={empty}
      columns={[
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
        { accessor: 'last_purchase', title: t('lastPurchase'), render: (row) => dayName(row.last_purchase, language) },
        { accessor: 'purchases', title: t('purchases'), render: (row) => count(row.purchases), ...right },
        { accessor: 'usual_days', title: t('usualDays'), render: (row) => (row.usual_days === null ? '–' : count(row.usual_days)), ...right },
        { accessor: 'patience_days', title: t('patienceDays'), render: (row) => (row.patience_days === null ? '–' : count(row.patience_days)), ...right },
        { accessor: 'silent_days', title: t('silentDays'), render: (row) => count(row.silent_days), ...right },
      ]}
    />
  );
}

function RewardRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, zone, language, names, units } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/rewards/redemptions', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.id}
      empty={empty}
      columns={[
        { accessor: 'committed_at', title: t('when'), render: (row) => moment(row.committed_at, zone, language) },
        { accessor: 'reward', title: t('reward'), render: (row) => names.reward(row.reward) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
        { accessor: 'units', title: t('cost'), render: (row) => units(row.units, row.wallet), ...right },
        { accessor: 'discount_minor', title: t('discount'), render: (row) => cash(row.discount_minor), ...right },
      ]}
    />
  );
}

function VoucherUseRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, zone, language, names } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/rewards/uses', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.voucher_id} ${row.reference}`}
      empty={empty}
      columns={[
        { accessor: 'used_at', title: t('when'), render: (row) => moment(row.used_at, zone, language) },
        { accessor: 'reward', title: t('reward'), render: (row) => names.reward(row.reward) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
        { accessor: 'order', title: t('order'), render: (row) => row.order ?? '–' },
        { accessor: 'reference', title: t('reference') },
        { accessor: 'discount_minor', title: t('discount'), render: (row) => cash(row.discount_minor), ...right },
      ]}
    />
  );
}

function IncentiveRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, zone, language, names } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/incentives/orders', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.source} ${row.order_id} ${row.kind} ${row.id}`}
      empty={empty}
      columns={[
        { accessor: 'order_id', title: t('order') },
        { accessor: 'occurred_at', title: t('when'), render: (row) => moment(row.occurred_at, zone, language) },
        { accessor: 'id', title: t('incentive'), render: (row) => (row.kind === 'campaign' ? names.campaign(row.id) : names.reward(row.id)) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
        { accessor: 'sales_minor', title: t('sales'), render: (row) => cash(row.sales_minor), ...right },
        { accessor: 'cost_minor', title: t('cost'), render: (row) => cash(row.cost_minor), ...right },
      ]}
    />
  );
}

function TierMemberRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, member } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/tiers/members', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.member_id}
      empty={empty}
      columns={[{ accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) }]}
    />
  );
}

function TierChangeRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, member, names, zone, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/tiers/changes', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.id}
      empty={empty}
      columns={[
        { accessor: 'effective_at', title: t('when'), render: (row) => moment(row.effective_at, zone, language) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
        { accessor: 'from_tier', title: t('from'), render: (row) => names.tier(row.from_tier) },
        { accessor: 'to_tier', title: t('to'), render: (row) => names.tier(row.to_tier) },
      ]}
    />
  );
}

function CardRows({ query, label }: ListProps) {
  const { t, asked, empty, member, zone, language } = useCells(query, query['currency'] ?? 'EUR');
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/gift-cards/cards', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => row.id}
      empty={empty}
      columns={[
        { accessor: 'ending', title: t('card'), render: (row) => `…${row.ending}` },
        { accessor: 'member_id', title: t('member'), render: (row) => (row.member_id === null ? t('bearer') : member(row.member_id, row.member_name)) },
        { accessor: 'issued_at', title: t('issued'), render: (row) => day(row.issued_at, zone, language) },
        { accessor: 'ends_at', title: t('until'), render: (row) => (row.ends_at === null ? t('always') : day(row.ends_at, zone, language)) },
        { accessor: 'amount', title: t('worth'), render: (row) => money(row.amount, row.currency, language), ...right },
        { accessor: 'left', title: t('left'), render: (row) => money(row.left, row.currency, language), ...right },
      ]}
    />
  );
}

const LISTS: Record<string, (props: ListProps) => React.ReactNode> = {
  'kpis/members': MemberRows,
  'kpis/orders': OrderRows,
  'kpis/transfers': TransferRows,
  'kpis/holders': HolderRows,
  'kpis/ending': EndingRows,
  'cohorts/members': CohortRows,
  'churn/members': SilentRows,
  'budgets/rows': BudgetRows,
  'rewards/redemptions': RewardRows,
  'rewards/uses': VoucherUseRows,
  'incentives/orders': IncentiveRows,
  'tiers/members': TierMemberRows,
  'tiers/changes': TierChangeRows,
  'gift-cards/cards': CardRows,
};
