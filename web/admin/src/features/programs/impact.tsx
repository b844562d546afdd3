// What the draft would have cost over the last days: started, followed while it runs, and told.
import { Alert, Anchor, Button, Card, Group, Progress, Select, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import type { Schemas } from '@api';
import { dayName, plusDays, span } from '@shared/days';
import { namesOf } from '@shared/draft/names';
import type { Draft } from '@shared/draft/state';
import { money, whole } from '@shared/format';
import { spelled } from '@shared/names';
import { useMay } from '@shared/session';
import { About, Failure } from '@shared/ui';
import { IconCalendarEvent } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useImpactWords } from './impact.words';
import { isWorking, type Simulated, type Simulation } from './simulation';

type Impacted = Schemas['ImpactOut'];
/** A choice's name; an id is spelled as words where nobody named it any more. */
function nameOf(list: { value: string; label: string }[], id: string | null): string {
  return list.find((each) => each.value === id)?.label ?? (id === null ? '–' : spelled(id));
}

const MOST_PEOPLE = 5;
const PERIODS = ['7', '30', '90', '365'];

interface Props {
  program: string;
  draft: Draft;
  simulation: Simulation;
}

export function Impact({ program, draft, simulation }: Props) {
  const { t, language } = useImpactWords();
  const now = simulation.shown;
  const may = useMay();
  const [picked, setPicked] = useState<string | null>(null);
  const days = picked ?? (PERIODS.includes(String(now?.days)) ? String(now?.days) : '30');
  return (
    <Stack gap="sm" component="section" aria-label={t('title')}>
      <Group justify="space-between">
        <Group gap={2}>
          <Title order={2}>{t('title')}</Title>
          <About text={t('about')} label={t('title')} size={16} />
        </Group>
        {may('program:write') ? (
          <Group gap="xs">
            <Select aria-label={t('period')} size="xs" w={150} data={PERIODS.map((each) => ({ value: each, label: t('days', { count: Number(each) }) }))} value={days} allowDeselect={false} onChange={(next) => setPicked(next ?? '30')} />
            <Button size="xs" variant="default" loading={simulation.isBusy} onClick={() => simulation.begin(Number(days))}>
              {now?.state === 'done' ? t('again') : t('run')}
            </Button>
          </Group>
        ) : null}
      </Group>
      {simulation.failure ? <Failure failure={simulation.failure} writing /> : null}
      {simulation.error ? <Failure failure={simulation.error} retry={simulation.again} /> : null}
      {now !== undefined && isWorking(now.state) ? (
        <>
          <Group wrap="nowrap">
            <Progress flex={1} value={now.progress.percent} animated aria-label={t('title')} />
            <Text size="sm" c="dimmed">
              {now.progress.events_total == null ? t('waiting') : t('running', { done: whole(now.progress.events_done, language), total: whole(now.progress.events_total, language) })}
            </Text>
            {may('program:write') ? (
              <Button size="xs" variant="subtle" onClick={simulation.stop}>
                {t('stop')}
              </Button>
            ) : null}
          </Group>
          <Text size="xs" c="dimmed">
            {t('goesOn')}
          </Text>
        </>
      ) : null}
      {now?.state === 'failed' ? (
        <Alert color="red" variant="light">
          {now.error?.text}
        </Alert>
      ) : null}
      {now?.state === 'cancelled' ? (
        <Text size="sm" c="dimmed">
          {t('cancelled')}
        </Text>
      ) : null}
      {now !== undefined && !simulation.isOfDraft ? (
        <Alert color="yellow" variant="light">
          {t('ofAnother')}
        </Alert>
      ) : null}
      {now === undefined ? null : <Dated draft={draft} simulated={now} onMove={may('program:write') && simulation.isOfDraft && !simulation.isBusy ? () => simulation.begin(now.days, true) : undefined} />}
      {now?.result ? (
        <>
          <Text size="sm" c="dimmed">
            {t('lookedAt', { span: span(now.since, now.through, language) })}
          </Text>
          <Result program={program} draft={draft} impact={now.result} isPartial={now.dated.some((each) => each.weeks === 0)} />
        </>
      ) : null}
    </Stack>
  );
}

/** What runs on other days than those looked at, and by how much it was moved. */
function Dated({ draft, simulated, onMove }: { draft: Draft; simulated: Simulated; onMove: (() => void) | undefined }) {
  const { t, language } = useImpactWords();
  const names = namesOf(draft.document, language);
  if (simulated.dated.length === 0) {
    return null;
  }
  const runs = (from: string | null, through: string | null) =>
    from === null ? t('until', { day: dayName(through ?? simulated.through, language) }) : through === null ? t('since', { day: dayName(from, language) }) : span(from, through, language);
  const said = (each: Simulated['dated'][number]) => {
    const name = nameOf(each.section === 'campaigns' ? names.campaigns : names.rules, each.id);
    const when = runs(each.from_day, each.through_day);
    if (each.weeks === 0) {
      return t('outside', { name, when });
    }
    const shift = (day: string | null) => (day === null ? null : plusDays(day, 7 * each.weeks));
    return t(each.weeks < 0 ? 'sooner' : 'later', { name, when, count: Math.abs(each.weeks), moved: runs(shift(each.from_day), shift(each.through_day)) });
  };
  const isOutside = simulated.dated.some((each) => each.weeks === 0);
  return (
    <Alert color={isOutside ? 'yellow' : 'blue'} variant="light" icon={<IconCalendarEvent size={18} />}>
      <Stack gap="xs" align="flex-start">
        {simulated.dated.map((each) => (
          <Text key={`${each.section} ${each.id}`} size="sm">
            {said(each)}
          </Text>
        ))}
        {isOutside && onMove !== undefined ? (
          <Button size="xs" variant="default" onClick={onMove}>
            {t('move')}
          </Button>
        ) : null}
      </Stack>
    </Alert>
  );
}

function Result({ program, draft, impact, isPartial }: { program: string; draft: Draft; impact: Impacted; isPartial: boolean }) {
  const { t, language } = useImpactWords();
  const names = namesOf(draft.document, language);
  if (impact.same) {
    return (
      <Alert variant="light" color={isPartial ? 'gray' : 'teal'}>
        {t(isPartial ? 'sameElse' : 'same', { events: whole(impact.events, language) })}
      </Alert>
    );
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
