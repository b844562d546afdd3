// What the draft would have cost over the last days: started, followed while it runs, and told.
import { Alert, Anchor, Button, Card, Group, Progress, Select, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { api, type Schemas } from '@api';
import { namesOf } from '@shared/draft/names';
import type { Draft } from '@shared/draft/state';
import { money, whole } from '@shared/format';
import { spelled } from '@shared/names';
import { About, Failure } from '@shared/ui';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useImpactWords } from './impact.words';

type Impacted = Schemas['ImpactOut'];
/** A choice's name; an id is spelled as words where nobody named it any more. */
function nameOf(list: { value: string; label: string }[], id: string | null): string {
  return list.find((each) => each.value === id)?.label ?? (id === null ? '–' : spelled(id));
}

const MOST_PEOPLE = 5;
const PERIODS = ['7', '30', '90', '365'];
const ONE = '/v1/programs/{program}/program/simulations/{simulation_id}';

interface Props {
  program: string;
  draft: Draft;
  /** The simulation that was begun; it is kept with what is published. */
  onBegun: (id: string) => void;
}

export function Impact({ program, draft, onBegun }: Props) {
  const { t, language } = useImpactWords();
  const [days, setDays] = useState('30');
  const [id, setId] = useState<string | null>(null);
  const start = api.useMutation('post', '/v1/programs/{program}/program/simulate', {
    onSuccess: (made) => {
      setId(made.id);
      onBegun(made.id);
    },
  });
  const watched = api.useQuery(
    'get',
    ONE,
    { params: { path: { program, simulation_id: id ?? '' } } },
    { enabled: id !== null, refetchInterval: (query) => (['waiting', 'running'].includes(query.state.data?.state ?? 'waiting') ? 700 : false) },
  );
  const cancel = api.useMutation('post', '/v1/programs/{program}/program/simulations/{simulation_id}/cancel', { onSuccess: () => void watched.refetch() });
  const now = watched.data;
  const busy = start.isPending || (id !== null && (now === undefined || now.state === 'waiting' || now.state === 'running'));
  const run = () => start.mutate({ params: { path: { program } }, body: { days: Number(days), document: draft.document as unknown as Record<string, never>, note: '' } });
  return (
    <Stack gap="sm" component="section" aria-label={t('title')}>
      <Group justify="space-between">
        <Group gap={2}>
          <Title order={2}>{t('title')}</Title>
          <About text={t('about')} label={t('title')} size={16} />
        </Group>
        <Group gap="xs">
          <Select aria-label={t('period')} size="xs" w={150} data={PERIODS.map((each) => ({ value: each, label: t('days', { count: Number(each) }) }))} value={days} allowDeselect={false} onChange={(next) => setDays(next ?? '30')} />
          <Button size="xs" variant="default" loading={busy} onClick={run}>
            {now?.state === 'done' ? t('again') : t('run')}
          </Button>
        </Group>
      </Group>
      {start.error ? <Failure failure={start.error} writing /> : null}
      {watched.error ? <Failure failure={watched.error} retry={() => void watched.refetch()} /> : null}
      {busy && id !== null ? (
        <Group wrap="nowrap">
          <Progress flex={1} value={now?.progress.percent ?? 0} animated aria-label={t('title')} />
          <Text size="sm" c="dimmed">
            {now?.progress.events_total == null ? t('waiting') : t('running', { done: whole(now.progress.events_done, language), total: whole(now.progress.events_total, language) })}
          </Text>
          <Button size="xs" variant="subtle" onClick={() => cancel.mutate({ params: { path: { program, simulation_id: id } } })}>
            {t('stop')}
          </Button>
        </Group>
      ) : null}
      {now?.state === 'failed' ? (
        <Alert color="red" variant="light">
          {now.error?.text}
        </Alert>
      ) : null}
      {now?.result ? <Result program={program} draft={draft} impact={now.result} /> : null}
    </Stack>
  );
}

function Result({ program, draft, impact }: { program: string; draft: Draft; impact: Impacted }) {
  const { t, language } = useImpactWords();
  const names = namesOf(draft.document, language);
  if (impact.same) {
    return <Alert variant="light" color="teal">{t('same', { events: whole(impact.events, language) })}</Alert>;
  }
  const { live, draft: after, difference } = impact.cost_minor;
  const cost = money(Math.abs(difference), impact.currency, language);
  const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${whole(Math.abs(value), language)}`;
  return (
    <Card withBorder>
      <Stack>
        <Text size="sm">
          {difference === 0 ? t('costSame') : t(difference > 0 ? 'costMore' : 'costLess', { cost })}{' '}
          {t('people', { count: impact.members_differing, differing: whole(impact.members_differing, language) })}{' '}
          {impact.members_up + impact.members_down === 0 ? '' : t('moved', { up: whole(impact.members_up, language), down: whole(impact.members_down, language) })}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <Figure label={t('costNow')} value={money(live, impact.currency, language)} />
          <Figure label={t('costThen')} value={money(after, impact.currency, language)} />
          <Figure label={t('looked')} value={t('events', { count: impact.events, n: whole(impact.events, language) })} />
        </SimpleGrid>
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('rule')}</Table.Th>
                <Table.Th ta="right">{t('now')}</Table.Th>
                <Table.Th ta="right">{t('draft')}</Table.Th>
                <Table.Th ta="right">{t('difference')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {impact.rules.map((each) => (
                <Sides key={`${each.rule} ${each.wallet}`} name={`${nameOf(names.rules, each.rule)} · ${nameOf(names.wallets, each.wallet)}`} sides={each.points} signed={signed} language={language} />
              ))}
              {impact.wallets.filter((each) => each.closing.difference !== 0).map((each) => (
                <Sides key={each.wallet} name={t('closing', { wallet: nameOf(names.wallets, each.wallet) })} sides={each.closing} signed={signed} language={language} />
              ))}
              {impact.rewards.map((each) => (
                <Sides key={each.reward} name={nameOf(names.rewards, each.reward)} sides={each.given} signed={signed} language={language} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {impact.tiers.length === 0 ? null : (
          <Stack gap={2}>
            <Text size="sm" fw={600}>
              {t('tiers')}
            </Text>
            {impact.tiers.map((each) => (
              <Text key={`${each.ladder} ${each.live} ${each.draft}`} size="sm">
                {t('tierMove', { count: each.members, n: whole(each.members, language), from: nameOf(names.tiers, each.live), to: nameOf(names.tiers, each.draft) })}
              </Text>
            ))}
          </Stack>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <People program={program} title={t('winners')} people={impact.winners} currency={impact.currency} names={names} />
          <People program={program} title={t('losers')} people={impact.losers} currency={impact.currency} names={names} />
        </SimpleGrid>
      </Stack>
    </Card>
  );
}

function Sides({ name, sides, signed, language }: { name: string; sides: Schemas['SidesOut']; signed: (value: number) => string; language: 'en' | 'es' }) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="right">{whole(sides.live, language)}</Table.Td>
      <Table.Td ta="right">{whole(sides.draft, language)}</Table.Td>
      <Table.Td ta="right">{signed(sides.difference)}</Table.Td>
    </Table.Tr>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600}>
        {value}
      </Text>
    </div>
  );
}

function People({ program, title, people, currency, names }: { program: string; title: string; people: Impacted['winners']; currency: string; names: ReturnType<typeof namesOf> }) {
  const { t, language } = useImpactWords();
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {people.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('nobody')}
        </Text>
      ) : null}
      {people.slice(0, MOST_PEOPLE).map((each, index) => (
        <div key={each.member_id}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Anchor size="sm" truncate renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: each.member_id }} {...props} />}>
              {each.member_name ?? t('member', { n: index + 1 })}
            </Anchor>
            <Text size="sm" style={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
              {each.wallets.map((wallet) => `${wallet.points.difference > 0 ? '+' : '−'}${whole(Math.abs(wallet.points.difference), language)}`).join(', ')}
              {each.worth_minor === 0 ? '' : ` (${money(each.worth_minor, currency, language)})`}
            </Text>
          </Group>
          <Text size="xs" c="dimmed">
            {[...each.rules.map((rule) => nameOf(names.rules, rule.rule)), ...each.tiers.map((tier) => `${nameOf(names.tiers, tier.live)} → ${nameOf(names.tiers, tier.draft)}`)].join(', ')}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
