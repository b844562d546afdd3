// The events that came last, as they come, each with what became of it.
import { Anchor, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { api, type Schemas } from '@api';
import { money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useOrderName } from '@shared/orders';
import { useMay, useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconAntenna } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useConnectWords } from './connect.words';

const EVERY_MS = 3_000;
const MOST = 20;

export function Arriving() {
  const { t } = useConnectWords();
  const { program = '' } = useParams({ strict: false });
  const may = useMay();
  const events = api.useQuery(
    'get',
    '/v1/programs/{program}/events',
    { params: { path: { program }, query: { limit: MOST } } },
    { refetchInterval: EVERY_MS, enabled: may('events:read') },
  );
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('arriving')}>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{t('arriving')}</Title>
        <Badge variant="dot" color={events.error ? 'red' : 'green'} tt="none">
          {t(events.error ? 'lost' : 'live')}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('arrivingText')}
      </Text>
      <Loaded query={events} rows={5}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={<IconAntenna size={40} stroke={1.2} />} title={t('silent')} text={t('silentText')} />
          ) : (
            <Stack gap={0} aria-live="polite" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {page.items.map((each) => (
                <Arrived key={each.id} event={each} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Paper>
  );
}

interface Said {
  order?: { lines?: { amount_minor?: number; discount_minor?: number }[]; currency?: string };
}

function Arrived({ event }: { event: Schemas['EventOut'] }) {
  const { t, language } = useConnectWords();
  const { program = '' } = useParams({ strict: false });
  const names = useNames();
  const card = useProgram();
  const currency = card?.currency ?? 'EUR';
  const { order } = event.said as Said;
  const { source: sourceName } = useOrderName();
  const total = order?.lines?.reduce((sum, line) => sum + (line.amount_minor ?? 0) - (line.discount_minor ?? 0), 0);
  const gave = new Map<string, number>();
  for (const award of event.awards) {
    gave.set(award.wallet, (gave.get(award.wallet) ?? 0) + award.points);
  }
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone: card?.timezone ?? 'UTC' }).format(new Date(event.recorded_at));
  return (
    <Group component="li" justify="space-between" align="flex-start" py="sm" gap="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <div style={{ minWidth: 0, flex: '1 1 200px' }}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {time} · {names.event(event.type)}
          {total === undefined ? '' : ` · ${money(total, order?.currency ?? currency, language)}`}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }} title={`${event.type} · ${event.source} · ${event.id}`}>
          {t('from', { source: sourceName(event.source) })}
        </Text>
        <Text size="sm">{gave.size === 0 ? event.message : t('awarded')}</Text>
        {event.member_id === null ? (
          <Text size="sm" c="dimmed">
            {t('nobody')}
          </Text>
        ) : (
          <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: event.member_id ?? '' }} {...props} />}>
            {t('member')}
          </Anchor>
        )}
      </div>
      <Group gap={6}>
        {[...gave].map(([wallet, points]) => (
          <Badge key={wallet} variant="light" color={points < 0 ? 'red' : 'teal'} autoContrast tt="none" size="lg">
            {points > 0 ? '+' : ''}
            {names.isMoney(wallet) ? money(points, currency, language) : `${whole(points, language)} ${names.units(wallet, points)}`}
          </Badge>
        ))}
      </Group>
    </Group>
  );
}
