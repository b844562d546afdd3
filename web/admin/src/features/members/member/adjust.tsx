// Correcting a wallet by hand: what it becomes in numbers, and whether a second person must agree.
import { Alert, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { useNames } from '@shared/names';
import { useMe } from '@shared/session';
import { useState } from 'react';
import { amountOf, scaleOf, useAmounts, useMemberWallets, usePath, useRefresh } from './data';
import { useOneWords } from './words';

export function Adjust({ onClose }: { onClose: () => void }) {
  const { t, language } = useOneWords();
  const path = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const refresh = useRefresh();
  const limit = useMe().data?.adjust_limit ?? null;
  const wallets = (useMemberWallets().data?.items ?? []).filter((each) => each.kind !== 'qualifying');
  const [chosen, setChosen] = useState<string | null>(null);
  const [way, setWay] = useState<'give' | 'take'>('give');
  const [typed, setTyped] = useState<number | ''>('');
  const [reason, setReason] = useState('');
  const [internal, setInternal] = useState('');
  const wallet = wallets.find((each) => each.wallet === chosen) ?? wallets[0];
  const scale = wallet === undefined ? 0 : scaleOf(wallet);
  const units = Math.round((typed || 0) * 10 ** scale);
  const needsSecond = limit !== null && units > limit;
  const adjust = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/adjustments', {
    onSuccess: (made) => {
      notifications.show({ message: made.approval_id === null ? t('adjusted', { amount: amounts.full(wallet?.wallet ?? '', way === 'give' ? units : -units) }) : t('asked') });
      refresh();
      onClose();
    },
  });
  const shown = wallet === undefined ? '' : amounts.full(wallet.wallet, units);
  return (
    <Confirm
      opened
      title={t('adjustTitle')}
      verb={needsSecond ? t('askSecond') : way === 'give' ? t('adjustGive', { amount: shown }) : t('adjustTake', { amount: shown })}
      danger={way === 'take' && !needsSecond}
      busy={adjust.isPending}
      disabled={wallet === undefined || units <= 0 || reason.trim() === '' || internal.trim() === ''}
      failure={adjust.error}
      onConfirm={() =>
        wallet &&
        adjust.mutate({ params: { path }, body: { wallet: wallet.wallet, amount: way === 'give' ? units : -units, reason: reason.trim(), internal_reason: internal.trim(), allow_debt: false } })
      }
      onClose={onClose}
    >
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
        <AmountInput label={t('amount')} value={typed} min={0} decimalScale={scale} currency={wallet?.currency} hideControls data-autofocus onChange={setTyped} />
        <TextInput label={t('reasonMember')} value={reason} maxLength={500} required onChange={(event) => setReason(event.currentTarget.value)} />
        <TextInput label={t('reasonInternal')} value={internal} maxLength={2000} required onChange={(event) => setInternal(event.currentTarget.value)} />
        {wallet === undefined || units <= 0 ? null : (
          <Text fw={600}>
            {t('becomes', { after: amountOf(wallet.available + (way === 'give' ? units : -units), wallet, language), before: amountOf(wallet.available, wallet, language) })}
          </Text>
        )}
        {needsSecond ? <Alert color="yellow">{t('needsSecond', { limit: amountOf(limit ?? 0, wallet, language) })}</Alert> : null}
      </Stack>
    </Confirm>
  );
}
