// What an order earns, rule by rule, under the draft and as published. Nothing is written.
import { Alert, Button, Card, Group, List, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { http, newKey, type Schemas } from '@api';
import { instantOf } from '@shared/days';
import { namesOf } from '@shared/draft/names';
import type { Document } from '@shared/draft/document';
import type { Draft } from '@shared/draft/state';
import { whole } from '@shared/format';
import { spelled } from '@shared/names';
import { useProgram } from '@shared/session';
import { Empty, Failure } from '@shared/ui';
import { IconFlask } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Basket, emptyBasket, orderOf, type BasketValue } from './basket';
import { MemberPick, type Picked } from './member-pick';
import { Recent } from './recent-orders';
import { useProgramWords } from './words';

type Answer = Schemas['AnswerOut'];
type Event = Record<string, unknown>;

export default function Try({ program, draft }: { program: string; draft: Draft }) {
  const { t } = useProgramWords();
  const card = useProgram(program);
  const currency = card?.currency ?? draft.document.currency;
  const zone = card?.timezone ?? draft.document.timezone;
  const [member, setMember] = useState<Picked | null>(null);
  const [source, setSource] = useState<'own' | 'recent'>('own');
  const [recent, setRecent] = useState<Schemas['EventOut'] | null>(null);
  const [basket, setBasket] = useState<BasketValue>(emptyBasket);
  const attempt = useMutation({
    mutationFn: async () => {
      const event = source === 'recent' && recent !== null ? anew(recent) : ownEvent(basket, member, currency, zone, card?.now);
      const isOne = !draft.changed;
      const [live, draftAnswer] = await Promise.all([ask(program, event, null), isOne ? null : ask(program, event, draft.document)]);
      // What gives the same for the same reasons is told once.
      return { live, draftAnswer: draftAnswer !== null && sameAnswer(live, draftAnswer) ? null : draftAnswer, isOne };
    },
  });
  const ready = source === 'own' ? basket.lines.some((line) => line.amount !== '') : recent !== null;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('tryAbout')}
      </Text>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Card withBorder style={{ alignSelf: 'start' }}>
          <Stack>
            <MemberPick program={program} value={member} onChange={(next) => { setMember(next); setRecent(null); }} />
            <SegmentedControl
              value={source}
              onChange={(next) => setSource(next === 'recent' ? 'recent' : 'own')}
              data={[
                { value: 'own', label: t('ownOrder') },
                { value: 'recent', label: t(member === null ? 'shopOrder' : 'recentOrder') },
              ]}
            />
            {source === 'recent' ? <Recent program={program} member={member?.id ?? null} currency={currency} zone={zone} value={recent} onChange={setRecent} /> : <Basket value={basket} onChange={setBasket} currency={currency} />}
            {attempt.error ? <Failure failure={attempt.error} /> : null}
            <Group justify="flex-end">
              <Button leftSection={<IconFlask size={16} />} onClick={() => attempt.mutate()} loading={attempt.isPending} disabled={!ready}>
                {t('tryIt')}
              </Button>
            </Group>
          </Stack>
        </Card>
        <div aria-live="polite">
          {attempt.data === undefined ? (
            <Empty icon={<IconFlask size={40} stroke={1.2} />} title={t('tryIt')} text={t('notYetTried')} />
          ) : (
            <Stack>
              {attempt.data.draftAnswer === null ? (
                <Told title={t(attempt.data.isOne ? 'noDraft' : 'bothSame')} answer={attempt.data.live} document={draft.document} />
              ) : (
                <>
                  <Told title={t('underDraft')} answer={attempt.data.draftAnswer} document={draft.document} beside={attempt.data.live} />
                  <Told title={t('underLive')} answer={attempt.data.live} document={draft.document} />
                </>
              )}
            </Stack>
          )}
        </div>
      </SimpleGrid>
    </Stack>
  );
}

async function ask(program: string, event: Event, document: Document | null): Promise<Answer> {
  const answer = await http.POST('/v1/programs/{program}/program/try', {
    params: { path: { program } },
    body: { event, ...(document === null ? {} : { document: document as unknown as Record<string, unknown> }) },
  });
  if (answer.error !== undefined) {
    throw answer.error;
  }
  return answer.data;
}

/** Whether both give the same for the same reasons. */
function sameAnswer(one: Answer, other: Answer): boolean {
  const said = (answer: Answer) => JSON.stringify([answer.awards, answer.reasons.map((each) => [each.rule, each.sentence]), answer.status, answer.message]);
  return said(one) === said(other);
}

/** The same order once more, as if it were a new one placed at its time. */
function anew(event: Schemas['EventOut']): Event {
  const said = event.said as Event & { order?: Schemas['OrderIn'] };
  const id = newKey();
  return {
    ...said,
    id,
    ...(event.member_id === null ? {} : { member: { id: event.member_id } }),
    ...(said.order ? { order: { ...said.order, id, redemptions: [], vouchers: [] } } : {}),
  };
}

function ownEvent(basket: BasketValue, member: Picked | null, currency: string, zone: string, now: string | undefined): Event {
  const id = newKey();
  return {
    id,
    type: 'order.paid',
    source: 'admin',
    occurred_at: basket.at === '' ? (now ?? new Date().toISOString()) : instantOf(basket.at, zone),
    member: member === null ? { email: `nobody-${id}@example.org` } : { id: member.id },
    order: orderOf(basket, id, currency),
    ...(basket.channel === '' ? {} : { channel: basket.channel }),
  };
}

function Told({ title, answer, document, beside }: { title: string; answer: Answer; document: Document; beside?: Answer }) {
  const { t, language } = useProgramWords();
  const names = namesOf(document, language);
  const nameOf = (list: { value: string; label: string }[], id: string) => list.find((each) => each.value === id)?.label ?? spelled(id);
  const sum = (of: Answer, wallet: string) => of.awards.filter((award) => award.wallet === wallet).reduce((all, award) => all + award.points, 0);
  const wallets = [...new Set([...answer.awards, ...(beside?.awards ?? [])].map((award) => award.wallet))];
  const gave = new Set(answer.awards.map((award) => award.rule));
  const applied = answer.reasons.filter((reason) => reason.points || gave.has(reason.rule));
  const refused = answer.reasons.filter((reason) => !reason.points && !gave.has(reason.rule));
  return (
    <Card withBorder component="section" aria-label={title}>
      <Stack gap="xs">
        <Title order={3}>{title}</Title>
        {answer.awards.length === 0 ? <Text fw={600}>{t('earnsNothing')}</Text> : null}
        {wallets.map((wallet) => {
          const difference = beside === undefined ? 0 : sum(answer, wallet) - sum(beside, wallet);
          return (
            <Group key={wallet} gap="xs">
              <Text fw={650} size="lg">
                {whole(sum(answer, wallet), language)} {nameOf(names.wallets, wallet)}
              </Text>
              {beside === undefined ? null : (
                <Text size="sm" c={difference === 0 ? 'dimmed' : difference > 0 ? 'var(--puntal-good)' : 'var(--puntal-bad)'}>
                  {difference === 0 ? t('sameAsLive') : t(difference > 0 ? 'more' : 'less', { n: whole(Math.abs(difference), language) })}
                </Text>
              )}
            </Group>
          );
        })}
        {answer.message && answer.status !== 'awarded' ? <Alert variant="light" color="gray">{answer.message}</Alert> : null}
        {applied.length === 0 ? null : <Reasons title={t('why_')} reasons={applied} nameOf={(rule) => nameOf(names.rules, rule)} />}
        {refused.length === 0 ? null : <Reasons title={t('refused')} reasons={refused} nameOf={(rule) => nameOf(names.rules, rule)} />}
      </Stack>
    </Card>
  );
}

function Reasons({ title, reasons, nameOf }: { title: string; reasons: Answer['reasons']; nameOf: (rule: string) => string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm">
        {reasons.map((reason, index) => (
          <List.Item key={index}>
            <Text span size="sm" fw={500}>
              {nameOf(reason.rule)}
            </Text>
            : {reason.sentence}
          </List.Item>
        ))}
      </List>
    </div>
  );
}
