// What the lists behind figures have in common: their cells, and columns that several share.
import { Anchor } from '@mantine/core';
import type { Schemas } from '@api';
import { IconTableOff } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { DataTableColumn } from 'mantine-datatable';
import { useFigureWords, type FigureWord } from './figures.words';
import { day, moment, money, whole } from './format';
import { useNames } from './names';
import { orderOf, useOrderName } from './orders';
import { useProgram } from './session';
import { Empty } from './ui';

export interface ListProps {
  /** As the server wrote it in the address of the rows. */
  query: Record<string, string>;
  currency: string;
  label: string;
}

/** What every list needs of its place, and cells that several share. */
export function useCells(query: Record<string, string>, currency: string) {
  const { t, language } = useFigureWords();
  const { program = '' } = useParams({ strict: false });
  const zone = useProgram()?.timezone ?? 'UTC';
  const names = useNames();
  const { order: orderName } = useOrderName();
  const order = (source: string, id: string) => <span title={`${source} ${id}`.trim()}>{orderName(source, id)}</span>;
  return {
    t,
    language,
    order,
    /** By its key, as `store:1001`; nothing, of what no order led to. */
    orderBy: (key: string | null) => {
      const found = key === null ? null : orderOf(key);
      return found === null ? '–' : order(found.source, found.id);
    },
    zone,
    names,
    // The server wrote the address, so its query is what the list takes.
    asked: { params: { path: { program }, query: query as never } },
    empty: <Empty icon={<IconTableOff size={36} stroke={1.2} />} title={t('noRows')} text={t('noRowsText')} />,
    /** What units are called that a column counts: as the wallet is, where there is one. */
    unit: query['wallet'] === undefined ? t('units') : names.wallet(query['wallet']),
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

export const right = { textAlign: 'right' } as const;

type MemberCells = Pick<ReturnType<typeof useCells>, 't' | 'cash' | 'count' | 'member' | 'zone' | 'language'>;

export function memberColumns({ t, cash, count, member, zone, language }: MemberCells): DataTableColumn<Schemas['MemberRowOut']>[] {
  return [
    { accessor: 'member_id', title: t('member'), render: (row) => member(row.member_id, row.member_name) },
    { accessor: 'status', title: t('status'), render: (row) => t(`statuses.${row.status}` as FigureWord) },
    { accessor: 'enrolled_at', title: t('since'), render: (row) => (row.enrolled_at === null ? '–' : day(row.enrolled_at, zone, language)) },
    { accessor: 'orders', title: t('orders'), render: (row) => count(row.orders), ...right },
    { accessor: 'sales_minor', title: t('sales'), render: (row) => cash(row.sales_minor), ...right },
  ];
}

/** Why units moved: the rule that gave them, the reward they went into, or what kind of movement it was. */
function reasonOf(row: Schemas['TransferRowOut'], { names, t }: Pick<ReturnType<typeof useCells>, 'names' | 't'>): string {
  if (row.rule !== null) {
    return names.rule(row.rule);
  }
  const kind = row.kind.split('.').pop() ?? '';
  const said = KINDS.has(kind) ? t(`kinds.${kind}` as FigureWord) : t('kinds.other');
  return row.reward === null ? said : kind === 'redeemed' ? names.reward(row.reward) : `${said}: ${names.reward(row.reward)}`;
}

const KINDS = new Set([
  'redeemed', 'returned', 'released', 'held', 'cancelled', 'expired', 'adjusted', 'reversed', 'restored', 'reinstated', 'sent', 'received', 'converted', 'imported',
  'paid', 'paid_out', 'loaded', 'credited', 'refunded', 'card_voided', 'card_finished', 'debt_paid', 'debt_moved', 'debt_written_off',
]);

export function transferColumns(cells: ReturnType<typeof useCells>, title: string): DataTableColumn<Schemas['TransferRowOut']>[] {
  const { t, member, orderBy, zone, language, units } = cells;
  return [
    { accessor: 'recorded_at', title: t('when'), render: (row) => moment(row.recorded_at, zone, language) },
    { accessor: 'holder_id', title: t('member'), render: (row) => member(row.holder_id, row.member_name) },
    { accessor: 'rule', title: t('kind'), render: (row) => reasonOf(row, cells) },
    { accessor: 'order', title: t('order'), render: (row) => orderBy(row.order) },
    { accessor: 'units', title, render: (row) => units(row.units, row.wallet), ...right },
  ];
}
