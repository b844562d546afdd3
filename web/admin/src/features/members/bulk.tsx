// Doing the same for many: those that are ticked, or everybody in a segment.
import { Alert, Button, Group, List, Modal, Paper, Progress, Select, Stack, Text, Textarea } from '@mantine/core';
import { api, http, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import type { Found } from '@shared/find-member';
import { whole } from '@shared/format';
import { told } from '@shared/problem';
import { useMay } from '@shared/session';
import { Failure } from '@shared/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useWallets } from './program';
import { useMemberWords } from './words';

/** Most members whose points are changed from here, one by one; above that a campaign is the better way. */
const MOST = 2000;
const TOGETHER = 4;
const PAGE = 200;

interface Person {
  id: string;
  name: string | null;
}

interface BulkProps {
  program: string;
  picked: Found[];
  segment: Schemas['SegmentOut'] | undefined;
  onDone: () => void;
}

type Deed = 'list' | 'adjust';

export function Bulk({ program, picked, segment, onDone }: BulkProps) {
  const { t, language } = useMemberWords();
  const may = useMay();
  const [deed, setDeed] = useState<Deed | null>(null);
  const count = picked.length > 0 ? picked.length : (segment?.members ?? 0);
  if (count === 0) {
    return null;
  }
  const who = picked.length > 0 ? t('picked', { count, number: whole(count, language) }) : t('everybodyIn', { count, number: whole(count, language), segment: segment?.label ?? '' });
  const close = (): void => setDeed(null);
  return (
    <Paper withBorder px="md" py="xs">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {who}
        </Text>
        <Group gap="xs">
          {may('members:write') ? (
            <Button size="xs" variant="default" onClick={() => setDeed('list')}>
              {t('toList')}
            </Button>
          ) : null}
          {may('points:adjust') ? (
            <Button size="xs" variant="default" onClick={() => setDeed('adjust')}>
              {t('adjust')}
            </Button>
          ) : null}
          {picked.length > 0 ? (
            <Button size="xs" variant="subtle" color="gray" onClick={onDone}>
              {t('unpick')}
            </Button>
          ) : null}
        </Group>
      </Group>
      <Modal opened={deed === 'list'} onClose={close} title={<Text fw={600}>{t('toList')}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
        <ToList program={program} picked={picked} segment={segment} who={who} onClose={close} />
      </Modal>
      <Modal opened={deed === 'adjust'} onClose={close} title={<Text fw={600}>{t('adjustMany')}</Text>} size="lg" centered closeButtonProps={{ 'aria-label': t('close') }}>
        <AdjustMany program={program} picked={picked} segment={segment} who={who} count={count} onClose={close} />
      </Modal>
    </Paper>
  );
}

/** Everybody meant, page after page where it is a segment. */
async function everybody(program: string, picked: Found[], segment: Schemas['SegmentOut'] | undefined): Promise<Person[]> {
  if (picked.length > 0 || segment === undefined) {
    return picked;
  }
  const found: Person[] = [];
  let cursor: string | undefined;
  do {
    const answer = await http.GET('/v1/programs/{program}/segments/{segment}/members', {
      params: { path: { program, segment: segment.id }, query: { limit: PAGE, ...(cursor !== undefined && { cursor }) } },
    });
    if (answer.error !== undefined) {
      throw answer.error;
    }
    found.push(...answer.data.items.map((each) => ({ id: each.member_id, name: each.name })));
    cursor = answer.data.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

type DeedProps = Omit<BulkProps, 'onDone'> & { who: string; onClose: () => void };

function ToList({ program, picked, segment, who, onClose }: DeedProps) {
  const { t, language } = useMemberWords();
  const queries = useQueryClient();
  const [list, setList] = useState<string | null>(null);
  const segments = api.useQuery('get', '/v1/programs/{program}/segments', { params: { path: { program } } });
  const lists = (segments.data?.items ?? []).filter((each) => each.kind === 'list');
  const add = useMutation<number, unknown, string>({
    mutationFn: async (id) => {
      const members = (await everybody(program, picked, segment)).map((each) => each.id);
      const answer = await http.PUT('/v1/programs/{program}/segments/{segment}/members', { params: { path: { program, segment: id } }, body: { members } });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data.changed;
    },
    onSuccess: () => void queries.invalidateQueries(),
  });
  if (segments.data !== undefined && lists.length === 0) {
    return <Text size="sm">{t('noLists')}</Text>;
  }
  return (
    <Stack>
      <Text size="sm">{who}</Text>
      <Select label={t('list')} data={lists.map((each) => ({ value: each.id, label: each.label }))} value={list} onChange={setList} disabled={add.isSuccess} />
      {add.error ? <Failure failure={add.error} writing /> : null}
      {add.data === undefined ? null : (
        <Alert color="teal" role="status">
          {t('listed', { count: add.data, number: whole(add.data, language) })}
        </Alert>
      )}
      <Group justify="flex-end">
        {add.isSuccess ? (
          <Button onClick={onClose}>{t('close')}</Button>
        ) : (
          <Button disabled={list === null} loading={add.isPending} onClick={() => list !== null && add.mutate(list)}>
            {t('toListDo')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface Refused extends Person {
  reason: string;
}

interface Outcome {
  total: number;
  done: number;
  asked: number;
  refused: Refused[];
}

function AdjustMany({ program, picked, segment, who, count, onClose }: DeedProps & { count: number }) {
  const { t, language } = useMemberWords();
  const queries = useQueryClient();
  const wallets = useWallets().filter((each) => (each.kind === 'points' || each.kind === 'stamps') && !each.isRetired);
  const [wallet, setWallet] = useState<string | null>(null);
  const [amount, setAmount] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const [internal, setInternal] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const chosen = wallet ?? wallets[0]?.id ?? null;
  const send = useMutation<void, unknown, Person[] | null>({
    mutationFn: async (again) => {
      const people = again ?? (await everybody(program, picked, segment));
      const so: Outcome = { total: people.length, done: 0, asked: 0, refused: [] };
      setOutcome({ ...so });
      const waiting = [...people];
      const work = async (): Promise<void> => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const answer = await http
            .POST('/v1/programs/{program}/members/{member_id}/adjustments', {
              params: { path: { program, member_id: one.id } },
              body: { wallet: chosen ?? '', amount: amount ?? 0, reason: reason.trim(), internal_reason: internal.trim(), allow_debt: false },
            })
            .catch((failure: unknown) => ({ error: failure, data: undefined }));
          if (answer.data === undefined) {
            so.refused.push({ ...one, reason: told(answer.error).title ?? t('noAnswer') });
          } else if (answer.data.approval_id === null) {
            so.done += 1;
          } else {
            so.asked += 1;
          }
          setOutcome({ ...so, refused: [...so.refused] });
        }
      };
      await Promise.all(Array.from({ length: TOGETHER }, work));
    },
    onSettled: () => void queries.invalidateQueries(),
  });
  const isReady = chosen !== null && amount !== null && amount !== 0 && reason.trim() !== '' && internal.trim() !== '' && count <= MOST;
  const handled = outcome === null ? 0 : outcome.done + outcome.asked + outcome.refused.length;
  const isOver = outcome !== null && !send.isPending && send.error === null;
  return (
    <Stack>
      <Text size="sm">{who}</Text>
      {count > MOST ? <Alert color="yellow">{t('tooMany', { most: whole(MOST, language) })}</Alert> : null}
      {outcome === null ? (
        <>
          <Group grow align="flex-start">
            <Select label={t('wallet')} data={wallets.map((each) => ({ value: each.id, label: each.name }))} value={chosen} onChange={setWallet} allowDeselect={false} />
            <AmountInput
              label={t('amountEach')}
              description={t('amountSign')}
              value={amount}
              allowDecimal={false}
              onChange={(typed) => setAmount(typed === '' ? null : typed)}
            />
          </Group>
          <Textarea label={t('reasonMember')} value={reason} maxLength={500} autosize minRows={2} onChange={(event) => setReason(event.currentTarget.value)} required />
          <Textarea label={t('reasonInternal')} value={internal} maxLength={500} autosize minRows={2} onChange={(event) => setInternal(event.currentTarget.value)} required />
          {amount === null || amount === 0 ? null : (
            <Text fw={600}>
              {t(amount > 0 ? 'givesAll' : 'takesAll', { each: whole(Math.abs(amount), language), count, number: whole(count, language), all: whole(Math.abs(amount) * count, language) })}
            </Text>
          )}
        </>
      ) : (
        <>
          <Progress value={(100 * handled) / Math.max(outcome.total, 1)} aria-label={t('adjustMany')} />
          <Text size="sm" role="status">
            {t('adjustOutcome', {
              done: whole(outcome.done, language), asked: whole(outcome.asked, language), refused: whole(outcome.refused.length, language), total: whole(outcome.total, language),
            })}
          </Text>
          {outcome.refused.length === 0 ? null : (
            <List size="sm" mah={220} style={{ overflowY: 'auto' }}>
              {outcome.refused.map((each) => (
                <List.Item key={each.id}>
                  {each.name ?? t('noName')}: {each.reason}
                </List.Item>
              ))}
            </List>
          )}
        </>
      )}
      {send.error ? <Failure failure={send.error} writing /> : null}
      <Group justify="flex-end">
        {isOver ? (
          <>
            {outcome.refused.length === 0 ? null : (
              <Button variant="default" onClick={() => send.mutate(outcome.refused)}>
                {t('tryRefused', { count: outcome.refused.length })}
              </Button>
            )}
            <Button onClick={onClose}>{t('close')}</Button>
          </>
        ) : (
          <Button disabled={!isReady} loading={send.isPending} onClick={() => send.mutate(null)}>
            {t('adjustDo', { count, number: whole(count, language) })}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
