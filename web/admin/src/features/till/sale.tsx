// Taking in a sale: its amount, what is used on it, what it earns. One sale is one id, however often it is sent.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api, http, newKey, type Schemas } from '@api';
import { money } from '@shared/format';
import { isSilence } from '@shared/problem';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTillAmounts } from './amounts';
import { useDeeds, WRAPS } from './deeds';
import type { Keeping } from './kept';
import { minorOf, MOST, numberOf, offlineSale, SaleFields } from './sale-fields';
import type { Action } from './till';
import { useTillWords } from './words';

interface SaleProps {
  program: string;
  member: Schemas['TillMemberOut'];
  /** What she was found by. */
  scanned: string;
  rewards: Schemas['TillRewardOut'][];
  online: boolean;
  onDone: (action: Action) => void;
  onKeep: Keeping['keep'];
}

interface Pick {
  reward: string;
  name: string;
  /** What it is set aside under for this sale. */
  id: string;
}

export function Sale({ program, member, scanned, rewards, online, onDone, onKeep }: SaleProps) {
  const { t, language } = useTillWords();
  const amounts = useTillAmounts();
  const deeds = useDeeds();
  const currency = useProgram()?.currency ?? 'EUR';
  const [typed, setTyped] = useState<number | null>(null);
  const [receipt, setReceipt] = useState('');
  const [picks, setPicks] = useState<Pick[]>([]);
  const [id, setId] = useState(newKey);
  const minor = minorOf(typed, currency);
  const number = numberOf(receipt, id);
  const cart = { id: number, currency, lines: [{ id: '1', amount_minor: minor }] };
  const asking = JSON.stringify({ minor, picks });
  const [asked] = useDebouncedValue(asking, 250);
  const evaluated = api.useQuery(
    'post',
    '/v1/programs/{program}/till/evaluate',
    {
      params: { path: { program } },
      body: { member_id: member.member_id, order: cart as Schemas['CartOrderIn'], rewards: picks.map(({ reward }) => ({ reward })), vouchers: [], points: {}, money: {}, context: {} },
    },
    { enabled: online && minor > 0 && asked === asking, retry: false },
  );
  const refused = (evaluated.data?.rewards ?? []).filter((each) => each.picked && each.state === 'refused');
  // With rewards on it, what there is to pay is only known once the cart was looked at as it is now.
  const isSettled = picks.length === 0 || (asked === asking && evaluated.data !== undefined && refused.length === 0);
  const off = picks.length === 0 ? 0 : (evaluated.data?.discount_minor ?? 0);
  const earns = Object.entries(evaluated.data?.earns.points ?? {}).filter(([, points]) => points > 0);
  const begin = () => {
    setTyped(null);
    setReceipt('');
    setPicks([]);
    setId(newKey());
  };
  const take = useMutation<Action>({
    mutationFn: async () => {
      // Each step has its own id from before the first try, so that sending all of it again changes nothing.
      for (const pick of picks) {
        const held = await http.POST('/v1/programs/{program}/till/redeem', {
          params: { path: { program } },
          body: { id: pick.id, member_id: member.member_id, reward: pick.reward, hold: true, note: '', order: cart as Schemas['CartOrderIn'] },
        });
        if (held.error !== undefined) {
          throw held.error;
        }
      }
      const line = { id: '1', amount_minor: minor, ...(off > 0 && { discount_minor: off }) };
      const sold = await http.POST('/v1/programs/{program}/till/earn', {
        params: { path: { program } },
        body: {
          id, member_id: member.member_id, redemptions: picks.map((each) => each.id), vouchers: [], voucher_ids: [],
          order: { id: number, currency, lines: [line] } as Schemas['TillOrderIn'],
        },
      });
      if (sold.error !== undefined) {
        throw sold.error;
      }
      return sold.data;
    },
    onSuccess: (action) => {
      begin();
      onDone(action);
    },
  });
  const later = useMutation({
    networkMode: 'always',
    mutationFn: () => onKeep(offlineSale({ id, number, currency, minor, member: { member_id: member.member_id } }), deeds.called(member, scanned)),
    onSuccess: () => {
      take.reset();
      begin();
    },
  });
  const onSale = rewards.filter((each) => each.state === 'with_order');
  const toggle = (reward: Schemas['TillRewardOut']): void => {
    const held = picks.some((each) => each.reward === reward.reward);
    setPicks(held ? picks.filter((each) => each.reward !== reward.reward) : [...picks, { reward: reward.reward, name: reward.name ?? reward.reward, id: newKey() }]);
  };
  const busy = take.isPending || later.isPending;
  // What was set aside for the sale can only be used with a connection.
  const canWait = picks.length === 0;
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('sale')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (minor <= 0 || (typed ?? 0) > MOST || !isSettled || busy) {
            return;
          }
          if (online) {
            take.mutate();
          } else if (canWait) {
            later.mutate();
          }
        }}
      >
        <Stack>
          <SaleFields currency={currency} typed={typed} onTyped={setTyped} receipt={receipt} onReceipt={setReceipt} busy={busy} />
          {onSale.length === 0 ? null : (
            <Group gap="sm">
              {onSale.map((each) => {
                const isPicked = picks.some((pick) => pick.reward === each.reward);
                const short = each.short_by;
                const price = each.wallet === null || each.points === 0 ? t('free') : amounts.full(each.wallet, each.points);
                return (
                  <Button
                    key={each.reward}
                    size="lg"
                    variant={isPicked ? 'filled' : 'default'}
                    styles={WRAPS}
                    aria-pressed={isPicked}
                    disabled={minor === 0 || busy || (!isPicked && (!online || short > 0))}
                    onClick={() => toggle(each)}
                  >
                    <span>
                      {each.name ?? each.reward}
                      <Text component="span" display="block" size="sm" fw={400} {...(short > 0 && { c: 'var(--mantine-color-text)' })}>
                        {price}
                        {short > 0 && each.wallet !== null ? ` · ${t('short', { amount: amounts.full(each.wallet, short) })}` : ''}
                      </Text>
                    </span>
                  </Button>
                );
              })}
              {minor === 0 || !online ? (
                <Text size="sm" c="dimmed">
                  {t(online ? 'needsAmount' : 'needsOnline')}
                </Text>
              ) : null}
            </Group>
          )}
          {online && minor > 0 && evaluated.data !== undefined ? (
            <div aria-live="polite">
              {refused.map((each) => (
                <Text key={each.reward} c="var(--mantine-color-error)">
                  {t('refusedPick', { name: each.name ?? each.reward, why: each.wallet !== null && each.short_by > 0 ? t('short', { amount: amounts.full(each.wallet, each.short_by) }) : (each.message ?? '') })}
                </Text>
              ))}
              {off > 0 ? <Text fw={600}>{t('discount', { amount: money(off, currency, language), total: money(minor - off, currency, language) })}</Text> : null}
              <Text>{earns.length === 0 ? `${t('earnsNothing')} ${evaluated.data.earns.message}` : t('earns', { what: earns.map(([wallet, points]) => amounts.full(wallet, points)).join(', ') })}</Text>
            </div>
          ) : null}
          {picks.length > 0 && evaluated.error ? <Failure failure={evaluated.error} retry={() => void evaluated.refetch()} /> : null}
          {take.error ? <Failure failure={take.error} writing retry={() => take.mutate()} /> : null}
          {take.error && isSilence(take.error) && canWait ? (
            <Button size="lg" variant="light" styles={WRAPS} loading={later.isPending} onClick={() => later.mutate()}>
              {t('keepInstead')}
            </Button>
          ) : null}
          {later.error ? <Failure failure={later.error} writing retry={() => later.mutate()} /> : null}
          <Button type="submit" size="xl" fullWidth styles={WRAPS} loading={busy} disabled={minor <= 0 || (typed ?? 0) > MOST || !isSettled || (!online && !canWait)}>
            {t(online ? 'takeIn' : 'keepSale', { amount: money(minor - off, currency, language) })}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
