// The lists behind figures, each by the last words of its address.
import { api, type Schemas } from '@api';
import { dayName } from './days';
import { memberColumns, right, transferColumns, useCells, type ListProps } from './figure-cells';
import { day, moment, money } from './format';
import { paged, Rows } from './rows';

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

function OrderRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, order, zone, language } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/orders', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.source} ${row.order_id}`}
      empty={empty}
      columns={[
        { accessor: 'order_id', title: t('order'), render: (row) => order(row.source, row.order_id) },
        { accessor: 'occurred_at', title: t('when'), render: (row) => moment(row.occurred_at, zone, language) },
        { accessor: 'member_id', title: t('member'), render: (row) => member(row.by_member ? row.member_id : null, row.member_name) },
        { accessor: 'returning', title: t('returning'), render: (row) => t(row.returning ? 'yes' : 'no') },
        { accessor: 'sales_minor', title: t('sales'), render: (row) => cash(row.sales_minor), ...right },
      ]}
    />
  );
}

function TransferRows({ query, currency, label }: ListProps) {
  const cells = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/kpis/transfers', cells.asked, paged);
  return <Rows label={label} query={found} id={(row) => row.id} empty={cells.empty} columns={transferColumns(cells, cells.unit)} />;
}

function BudgetRows({ query, currency, label }: ListProps) {
  const cells = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/budgets/rows', cells.asked, paged);
  // A budget may bound rules of several wallets.
  const wallets = [...new Set(found.data?.pages.flatMap((page) => page.items.map((row) => row.wallet)))];
  return <Rows label={label} query={found} id={(row) => row.id} empty={cells.empty} columns={transferColumns(cells, wallets.length === 1 ? cells.names.wallet(wallets[0] ?? '') : cells.unit)} />;
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
  const { t, asked, empty, member, unit, units, language } = useCells(query, currency);
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
        { accessor: 'units', title: unit, render: (row) => units(row.units, query['wallet']), ...right },
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
  const { t, asked, empty, cash, member, orderBy, zone, language, names } = useCells(query, currency);
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
        { accessor: 'order', title: t('order'), render: (row) => orderBy(row.order) },
        { accessor: 'reference', title: t('reference') },
        { accessor: 'discount_minor', title: t('discount'), render: (row) => cash(row.discount_minor), ...right },
      ]}
    />
  );
}

function IncentiveRows({ query, currency, label }: ListProps) {
  const { t, asked, empty, cash, member, order, zone, language, names } = useCells(query, currency);
  const found = api.useInfiniteQuery('get', '/v1/programs/{program}/reports/incentives/orders', asked, paged);
  return (
    <Rows
      label={label}
      query={found}
      id={(row) => `${row.source} ${row.order_id} ${row.kind} ${row.id}`}
      empty={empty}
      columns={[
        { accessor: 'order_id', title: t('order'), render: (row) => order(row.source, row.order_id) },
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

export const LISTS: Record<string, (props: ListProps) => React.ReactNode> = {
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
