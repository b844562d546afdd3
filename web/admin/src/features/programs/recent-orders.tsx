// Picking an order that was: one of a member's last, or of those that came to the shop within the last day.
import { Select, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { moment, money } from '@shared/format';
import { useMay } from '@shared/session';
import { Failure, Waiting } from '@shared/ui';
import { useProgramWords } from './words';

type Event = Schemas['EventOut'];
const LOOKED_AT = 100;

interface Props {
  program: string;
  /** Null: of anybody. */
  member: string | null;
  currency: string;
  zone: string;
  value: Event | null;
  onChange: (event: Event | null) => void;
}

export function Recent({ program, member, currency, zone, value, onChange }: Props) {
  const { t, language } = useProgramWords();
  const may = useMay();
  const own = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/events', { params: { path: { program, member_id: member ?? '' }, query: { limit: LOOKED_AT } } }, { enabled: member !== null && may('events:read') });
  const newest = api.useQuery('get', '/v1/programs/{program}/events', { params: { path: { program }, query: { limit: LOOKED_AT } } }, { enabled: member === null && may('events:read') });
  const found = member === null ? newest : own;
  if (found.error) {
    return <Failure failure={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data === undefined) {
    return <Waiting rows={1} />;
  }
  const orders = found.data.items.filter((event) => event.type === 'order.paid' && orderOf(event) !== undefined);
  if (orders.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t(member === null ? 'noShopOrders' : 'noOrders')}
      </Text>
    );
  }
  const label = (event: Event) => `${moment(event.occurred_at, zone, language)} · ${money(totalOf(event), orderOf(event)?.currency ?? currency, language)} · ${orderOf(event)?.id ?? ''}`;
  return (
    <Select
      label={t('order')}
      searchable
      data={orders.map((event) => ({ value: event.id, label: label(event) }))}
      value={value?.id ?? null}
      onChange={(id) => onChange(orders.find((event) => event.id === id) ?? null)}
    />
  );
}

function orderOf(event: Event): Schemas['OrderIn'] | undefined {
  return (event.said as { order?: Schemas['OrderIn'] }).order;
}

function totalOf(event: Event): number {
  return (orderOf(event)?.lines ?? []).reduce((sum, line) => sum + line.amount_minor - (line.discount_minor ?? 0), 0);
}
