// Correcting a wallet by hand: what it becomes in numbers before it is done, whether a second person must agree, and the
// way back afterwards.
import { Alert, Anchor, Button, Checkbox, Group, SegmentedControl, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, http } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { money, moment, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useMe } from '@shared/session';
import { useState } from 'react';
import { amountOf, calledOf, scaleOf, useAmounts, useMember, useMemberWallets, usePath, useRefresh, useZone, type Wallet } from './data';
import { useOneWords } from './words';

/** From so many times what somebody ever earned on, it is asked whether that is meant. */
const FAR = 10;
/** The same for somebody who earned nothing yet, in whole units. */
const MUCH = 1000;
const LONG_ENOUGH_TO_UNDO = 20_000;

/** What units of a wallet are expected to cost; null where the program does not say. */
function worthOf(units: number, wallet: Wallet, language: 'en' | 'es'): string | null {
  return wallet.cost === null ? null : money(Math.round((units * wallet.cost.numerator) / wallet.cost.denominator), wallet.cost.currency, language);
}

export function Adjust({ onClose }: { onClose: () => void }) {
  const { t, language } = useOneWords();
  const path = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const member = useMember().data;
  const limit = useMe().data?.adjust_limit ?? null;
  const wallets = (useMemberWallets().data?.items ?? []).filter((each) => each.kind !== 'qualifying');
  const [chosen, setChosen] = useState<string | null>(null);
  const [way, setWay] = useState<'give' | 'take'>('give');
  const [typed, setTyped] = useState<number | ''>('');
  const [reason, setReason] = useState('');
  const [internal, setInternal] = useState('');
  const [isReviewing, setReviewing] = useState(false);
  const [isSure, setSure] = useState(false);
  const wallet = wallets.find((each) => each.wallet === chosen) ?? wallets[0];
  const scale = wallet === undefined ? 0 : scaleOf(wallet);
  const units = Math.round((typed || 0) * 10 ** scale);
  const needsSecond = limit !== null && units > limit;
  const undo = useUndo();
  const adjust = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/adjustments', {
    onSuccess: (made) => {
      if (made.approval_id === null && wallet !== undefined) {
        undo.offer({ wallet, units: way === 'give' ? units : -units, reason: reason.trim(), transfer: made.transfers[0]?.id ?? '', at: made.transfers[0]?.effective_at ?? '' });
      } else {
        notifications.show({ message: t('asked') });
      }
      undo.refresh();
      onClose();
    },
  });
  const shown = wallet === undefined ? '' : amounts.full(wallet.wallet, units);
  const far = wallet === undefined || way === 'take' ? null : farOf(units, wallet);
  const isReady = wallet !== undefined && units > 0 && reason.trim() !== '' && internal.trim() !== '';
  const verb = needsSecond ? t('askSecond') : way === 'give' ? t('adjustGive', { amount: shown }) : t('adjustTake', { amount: shown });
  return (
    <Confirm
      opened
      title={isReviewing ? t('adjustSure') : t('adjustTitle')}
      verb={isReviewing ? verb : t('adjustReview')}
      danger={isReviewing && way === 'take' && !needsSecond}
      busy={adjust.isPending}
      disabled={!isReady || (isReviewing && far !== null && !isSure)}
      failure={adjust.error}
      onConfirm={() => {
        if (!isReviewing) {
          setReviewing(true);
        } else if (wallet !== undefined) {
          adjust.mutate({
            params: { path },
            body: { wallet: wallet.wallet, amount: way === 'give' ? units : -units, reason: reason.trim(), internal_reason: internal.trim(), allow_debt: false },
          });
        }
      }}
      onClose={onClose}
    >
      {isReviewing && wallet !== undefined ? (
        <Stack>
          <Text fw={600}>{`${verb}: ${(member && calledOf(member)) ?? t('noName')}`}</Text>
          <Review
            lines={[
              [t('wallet'), names.wallet(wallet.wallet)],
              [t('balanceNow'), amountOf(wallet.balance, wallet, language)],
              [t('balanceThen'), amountOf(wallet.balance + (way === 'give' ? units : -units), wallet, language)],
              [t('worth'), worthOf(units, wallet, language)],
              [t('reasonMember'), reason.trim()],
              [t('reasonInternal'), internal.trim()],
            ]}
          />
          {far === null ? null : (
            <Alert color="yellow">
              <Text size="sm" mb="xs">
                {far.times === null ? t('farFromNothing') : t('farFrom', { times: whole(far.times, language), earned: amountOf(wallet.earned, wallet, language) })}
              </Text>
              <Checkbox label={t('iAmSure', { amount: shown })} checked={isSure} onChange={(event) => setSure(event.currentTarget.checked)} />
            </Alert>
          )}
          {needsSecond ? <Alert color="yellow">{t('needsSecond', { limit: amountOf(limit ?? 0, wallet, language) })}</Alert> : null}
          <Anchor component="button" type="button" size="sm" style={{ alignSelf: 'flex-start' }} onClick={() => setReviewing(false)}>
            {t('adjustChange')}
          </Anchor>
        </Stack>
      ) : (
        <Stack>
          {wallets.length > 1 ? (
            <Select label={t('wallet')} data={wallets.map((each) => ({ value: each.wallet, label: names.wallet(each.wallet) }))} value={wallet?.wallet ?? null} onChange={setChosen} allowDeselect={false} />
          ) : null}
          <SegmentedControl
            aria-label={t('giveOrTake')}
            fullWidth
            data={[
              { value: 'give', label: t('give') },
              { value: 'take', label: t('take') },
            ]}
            value={way}
            onChange={(next) => setWay(next === 'take' ? 'take' : 'give')}
          />
          <AmountInput
            label={t('amount')}
            value={typed}
            min={0}
            decimalScale={scale}
            currency={wallet?.currency}
            hideControls
            data-autofocus
            onChange={(next) => {
              setTyped(next);
              setSure(false);
            }}
          />
          <TextInput label={t('reasonMember')} value={reason} maxLength={500} required onChange={(event) => setReason(event.currentTarget.value)} />
          <TextInput label={t('reasonInternal')} value={internal} maxLength={2000} required onChange={(event) => setInternal(event.currentTarget.value)} />
          {wallet === undefined || units <= 0 ? null : (
            <Text fw={600}>
              {t('becomes', { after: amountOf(wallet.balance + (way === 'give' ? units : -units), wallet, language), before: amountOf(wallet.balance, wallet, language) })}
            </Text>
          )}
          {needsSecond ? <Alert color="yellow">{t('needsSecond', { limit: amountOf(limit ?? 0, wallet, language) })}</Alert> : null}
        </Stack>
      )}
    </Confirm>
  );
}

/** How far beyond all that was ever earned an amount is; null where it is not. */
function farOf(units: number, wallet: Wallet): { times: number | null } | null {
  if (wallet.earned > 0) {
    const times = Math.floor(units / wallet.earned);
    return times >= FAR ? { times } : null;
  }
  return units >= MUCH * 10 ** scaleOf(wallet) ? { times: null } : null;
}

function Review({ lines }: { lines: [string, string | null][] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={4} fz="sm" layout="fixed">
      <Table.Tbody>
        {lines.map(([label, value]) =>
          value === null ? null : (
            <Table.Tr key={label}>
              <Table.Th scope="row" pl={0} w="45%" fw={400} c="dimmed" style={{ verticalAlign: 'top' }}>
                {label}
              </Table.Th>
              <Table.Td pr={0} style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ),
        )}
      </Table.Tbody>
    </Table>
  );
}

interface Done {
  wallet: Wallet;
  units: number;
  reason: string;
  transfer: string;
  at: string;
}

/** Says what was done and offers the way back: an adjustment the other way that names the one it undoes. */
function useUndo(): { offer: (done: Done) => void; refresh: () => void } {
  const { t, language } = useOneWords();
  const path = usePath();
  const zone = useZone();
  const amounts = useAmounts();
  const refresh = useRefresh();
  const offer = (done: Done): void => {
    const id = `adjusted-${done.transfer}`;
    // The form is gone by then, so its own mutation could no longer tell how it went.
    const undo = async (): Promise<void> => {
      const answer = await http
        .POST('/v1/programs/{program}/members/{member_id}/adjustments', {
          params: { path },
          body: {
            wallet: done.wallet.wallet,
            amount: -done.units,
            reason: t('undoReason', { reason: done.reason }).slice(0, 500),
            internal_reason: t('undoInternal', { when: moment(done.at, zone, language), transfer: done.transfer }),
            allow_debt: false,
          },
        })
        .catch(() => ({ data: undefined }));
      if (answer.data === undefined) {
        notifications.show({ message: t('notUndone'), color: 'orange' });
        return;
      }
      notifications.hide(id);
      notifications.show({ message: answer.data.approval_id === null ? t('undone') : t('asked') });
      refresh();
    };
    notifications.show({
      id,
      autoClose: LONG_ENOUGH_TO_UNDO,
      message: (
        <Group justify="space-between" gap="xs">
          <Text size="sm">{t('adjusted', { amount: amounts.full(done.wallet.wallet, done.units) })}</Text>
          <Button size="compact-xs" variant="light" onClick={() => void undo()}>
            {t('undo')}
          </Button>
        </Group>
      ),
    });
  };
  return { offer, refresh };
}
