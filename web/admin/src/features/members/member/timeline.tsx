// Everything that happened, newest first, each with why it gave what it gave, rule by rule.
import { Badge, Button, Card, Group, List, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { api, type Schemas } from '@api';
import { moment, money } from '@shared/format';
import { useNames } from '@shared/names';
import { paged } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Loaded, Waiting } from '@shared/ui';
import { IconCheck, IconHistory, IconMinus } from '@tabler/icons-react';
import { useAmounts, usePath, useZone } from './data';
import { Other } from './other';
import { useOneWords } from './words';
import { useEventNames } from '../program';

type Event = Schemas['EventOut'];

export function Timeline() {
  return (
    <Card withBorder padding="lg">
      <Events />
    </Card>
  );
}

export function Events({ most }: { most?: number }) {
  const { t } = useOneWords();
  const path = usePath();
  const may = useMay();
  const query = { limit: most ?? 25 };
  const events = api.useInfiniteQuery('get', '/v1/programs/{program}/members/{member_id}/events', { params: { path, query } }, { ...paged, enabled: may('events:read') });
  const others = api.useInfiniteQuery('get', '/v1/programs/{program}/members/{member_id}/happened', { params: { path, query } }, paged);
  if (!may('events:read')) {
    return (
      <Text size="sm" c="dimmed">
        {t('noPermission')}
      </Text>
    );
  }
  const failed = [events, others].find((each) => each.error !== null);
  if (events.data === undefined || others.data === undefined) {
    return failed ? <Failure failure={failed.error} retry={() => void failed.refetch()} /> : <Waiting rows={5} height={36} />;
  }
  const streams = [
    { query: events, rows: events.data.pages.flatMap((page) => page?.items ?? []).map((event): Row => ({ at: event.occurred_at, key: event.id, event })) },
    { query: others, rows: others.data.pages.flatMap((page) => page?.items ?? []).map((other): Row => ({ at: other.at, key: `${other.what} ${other.id}`, other })) },
  ];
  const rows = inOrder(streams).slice(0, most);
  if (rows.length === 0) {
    return <Empty icon={<IconHistory size={36} stroke={1.2} />} title={t('noEvents')} text={t('noEventsText')} />;
  }
  const unfinished = streams.filter((each) => each.query.hasNextPage);
  return (
    <Stack gap={0}>
      {rows.map((each) => (each.event !== undefined ? <OneEvent key={each.key} event={each.event} /> : each.other !== undefined ? <Other key={each.key} other={each.other} /> : null))}
      {most === undefined && unfinished.length > 0 ? (
        <Button mt="md" variant="default" loading={unfinished.some((each) => each.query.isFetchingNextPage)} onClick={() => unfinished.forEach((each) => void each.query.fetchNextPage())}>
          {t('moreEvents')}
        </Button>
      ) : null}
    </Stack>
  );
}

interface Row {
  at: string;
  key: string;
  event?: Event;
  other?: Schemas['HappenedOut'];
}

/** Both lists in one order, as far back as both are known: of what has more pages, nothing older than its last row. */
function inOrder(streams: { query: { hasNextPage: boolean }; rows: Row[] }[]): Row[] {
  const known = Math.max(0, ...streams.filter((each) => each.query.hasNextPage).map((each) => Date.parse(each.rows.at(-1)?.at ?? '')));
  return streams
    .flatMap((each) => each.rows)
    .filter((each) => Date.parse(each.at) >= known)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

interface Said {
  order?: { id?: string; currency?: string; lines?: { amount_minor?: number; discount_minor?: number }[] };
}

function OneEvent({ event }: { event: Event }) {
  const { t, language } = useOneWords();
  const zone = useZone();
  const names = useNames();
  const amounts = useAmounts();
  const eventName = useEventNames();
  const program = useProgram();
  const currency = program?.currency ?? 'EUR';
  const [opened, why] = useDisclosure(false);
  const { order } = event.said as Said;
  const total = order?.lines?.reduce((sum, line) => sum + (line.amount_minor ?? 0) - (line.discount_minor ?? 0), 0);
  const gave = new Map<string, number>();
  for (const award of event.awards) {
    gave.set(award.wallet, (gave.get(award.wallet) ?? 0) + award.points);
  }
  const isLate = program?.clock_offset_seconds === 0 && Date.parse(event.recorded_at) - Date.parse(event.occurred_at) > 3_600_000;
  return (
    <Stack gap={4} py="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }} component="article" aria-label={eventName(event.type)}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text fw={600} size="sm">
              {eventName(event.type)}
            </Text>
            {order?.id === undefined ? null : (
              <Text size="sm" c="dimmed">
                {t('eventOrder', { id: order.id })}
                {total === undefined ? '' : ` · ${money(total, order.currency ?? currency, language)}`}
              </Text>
            )}
          </Group>
          <Group gap={4}>
            <Text size="xs" c="dimmed">
              {moment(event.occurred_at, zone, language)}
              {isLate ? ` · ${t('arrived', { when: moment(event.recorded_at, zone, language) })}` : ''}
            </Text>
            <Button size="compact-xs" variant="subtle" aria-expanded={opened} onClick={why.toggle}>
              {opened ? t('hideWhy') : t('why')}
            </Button>
          </Group>
        </div>
        <Group gap={6}>
          {[...gave].map(([wallet, points]) => (
            <Badge key={wallet} variant="light" color={points < 0 ? 'red' : 'teal'} autoContrast tt="none" size="lg">
              {points > 0 ? '+' : ''}
              {amounts.bare(wallet, points)} {names.isMoney(wallet) ? '' : names.wallet(wallet).toLocaleLowerCase()}
            </Badge>
          ))}
          {event.tier_changes.map((each) => (
            <Badge key={`${each.ladder} ${each.to}`} variant="light" tt="none" size="lg">
              {t('tierChange', { from: names.tier(each.from), to: names.tier(each.to) })}
            </Badge>
          ))}
        </Group>
      </Group>
      {gave.size > 0 ? null : (
        <Text size="sm" c="dimmed">
          {event.message}
        </Text>
      )}
      {opened ? <Why event={event.id} /> : null}
    </Stack>
  );
}

function Why({ event }: { event: string }) {
  const { t } = useOneWords();
  const path = usePath();
  const explained = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/explain', { params: { path, query: { event } } });
  return (
    <Card bg="var(--mantine-color-default-hover)" padding="md">
      <Loaded query={explained} rows={3}>
        {(data) => (
          <Stack gap="sm">
            <Text size="sm" fw={600}>
              {data.message}
            </Text>
            <RuleList title={t('whyGave')} rules={data.rules.filter((each) => Object.keys(each.gave).length > 0)} gave />
            <RuleList title={t('whyNot')} rules={data.rules.filter((each) => Object.keys(each.gave).length === 0)} />
            <Facts facts={data.facts} />
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function RuleList({ title, rules, gave = false }: { title: string; rules: Schemas['RuleOut'][]; gave?: boolean }) {
  return rules.length === 0 ? null : (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {title}
      </Text>
      <List size="sm" spacing={6} icon={gave ? <IconCheck size={16} color="var(--mantine-color-teal-filled)" aria-hidden /> : <IconMinus size={16} color="var(--mantine-color-dimmed)" aria-hidden />}>
        {rules.map((each) => (
          <List.Item key={each.rule}>
            <Text size="sm" span fw={600}>
              {each.label}:
            </Text>{' '}
            <Text size="sm" span>
              {each.sentences.join(' ')}
            </Text>
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function Facts({ facts }: { facts: Schemas['ExplanationOut']['facts'] }) {
  const { t, language } = useOneWords();
  const { program } = usePath();
  const may = useMay();
  const fields = api.useQuery('get', '/v1/programs/{program}/fields', { params: { path: { program } } }, { staleTime: 300_000, enabled: may('program:read') });
  const known = Object.entries(facts as Record<string, unknown>).filter(([, value]) => value !== null && value !== undefined);
  if (known.length === 0 || fields.data === undefined) {
    return null;
  }
  const written = (name: string, value: unknown): string => {
    const field = fields.data?.items.find((each) => each.name === name);
    if (Array.isArray(value)) {
      return value.map(String).join(', ') || '–';
    }
    if (field?.type === 'money' && typeof value === 'number') {
      return money(value, field.currency ?? 'EUR', language);
    }
    return field?.choices.find((each) => each.value === value)?.label ?? (typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : String(value));
  };
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed">
        {t('facts')}
      </Text>
      <Table fz="sm" withRowBorders={false} verticalSpacing={2}>
        <Table.Tbody>
          {known.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td pl={0}>{fields.data.items.find((each) => each.name === name)?.label ?? name}</Table.Td>
              <Table.Td ta="right">{written(name, value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
