// Money a member pays in at the desk, or gets back.
import { Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, newKey } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { decimals } from '@shared/format';
import { useState } from 'react';
import { amountOf, usePath, useRefresh, type Wallet } from './data';
import { useOneWords } from './words';

const MEANS = ['cash', 'card', 'bank', 'other'] as const;
type Means = (typeof MEANS)[number];

export function Money({ wallet, kind, onClose }: { wallet: Wallet; kind: 'load' | 'payout' | null; onClose: () => void }) {
  const { t, language } = useOneWords();
  const path = { ...usePath(), wallet: wallet.wallet };
  const refresh = useRefresh();
  const [amount, setAmount] = useState<number | ''>('');
  const [reference, setReference] = useState('');
  const [means, setMeans] = useState<Means>('cash');
  // The books take each reference once: without one of the desk's, this form has its own.
  const [own, setOwn] = useState(newKey);
  const close = (): void => {
    setAmount('');
    setReference('');
    setOwn(newKey());
    load.reset();
    payout.reset();
    onClose();
  };
  const onSuccess = (made: object): void => {
    notifications.show({ message: t('approval_id' in made ? 'asked' : 'paid') });
    refresh();
    close();
  };
  const load = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/wallets/{wallet}/load', { onSuccess });
  const payout = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/wallets/{wallet}/payout', { onSuccess });
  const currency = wallet.currency ?? 'EUR';
  const minor = Math.round((amount || 0) * 10 ** decimals(currency));
  const after = kind === 'load' ? wallet.available + minor : wallet.available - minor;
  const send = (): void => {
    const body = { amount: minor, means, reference: reference.trim() || own };
    if (kind === 'load') {
      load.mutate({ params: { path }, body });
    } else {
      payout.mutate({ params: { path }, body });
    }
  };
  return (
    <Confirm
      opened={kind !== null}
      title={t(`moneyTitle.${kind ?? 'load'}`)}
      verb={t(`pay.${kind ?? 'load'}`)}
      busy={load.isPending || payout.isPending}
      disabled={minor <= 0}
      failure={load.error ?? payout.error}
      onConfirm={send}
      onClose={close}
    >
      <Stack>
        <Text size="sm">{t(`moneyText.${kind ?? 'load'}`)}</Text>
        <AmountInput label={t('amount')} value={amount} min={0} currency={currency} hideControls onChange={setAmount} />
        <Select label={t('means')} data={MEANS.map((each) => ({ value: each, label: t(`meansOf.${each}`) }))} value={means} onChange={(chosen) => setMeans((chosen ?? 'cash') as Means)} allowDeselect={false} />
        <TextInput label={t('reference')} value={reference} maxLength={100} onChange={(event) => setReference(event.currentTarget.value)} />
        {minor > 0 ? <Text fw={600}>{t('becomes', { after: amountOf(after, wallet, language), before: amountOf(wallet.available, wallet, language) })}</Text> : null}
      </Stack>
    </Confirm>
  );
}
