// Giving units to another member, and turning them into another wallet's: said in numbers before it is done.
import { Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { FindMember, type Found } from '@shared/find-member';
import { useNames } from '@shared/names';
import { useState } from 'react';
import type { Conversion } from '../program';
import { amountOf, scaleOf, useAmounts, useMemberWallets, usePath, useRefresh, type Member, type Wallet } from './data';
import { useOneWords } from './words';

interface AmountProps {
  wallet: Wallet;
  value: number | null;
  step?: number;
  onChange: (units: number | null) => void;
}

/** An amount of a wallet, typed as people write it, handed on in its smallest units. */
function Amount({ wallet, value, step = 1, onChange }: AmountProps) {
  const { t, language } = useOneWords();
  const scale = scaleOf(wallet);
  return (
    <AmountInput
      label={t('amount')}
      description={t('holdsAvailable', { amount: amountOf(wallet.available, wallet, language) })}
      value={value === null ? null : value / 10 ** scale}
      min={0}
      step={step / 10 ** scale}
      decimalScale={scale}
      currency={wallet.currency}
      hideControls={step === 1}
      data-autofocus
      onChange={(next) => onChange(next === '' ? null : Math.round(next * 10 ** scale))}
    />
  );
}

export function Send({ member, wallet, onClose }: { member: Member; wallet: Wallet; onClose: () => void }) {
  const { t, language } = useOneWords();
  const path = usePath();
  const amounts = useAmounts();
  const refresh = useRefresh();
  const [to, setTo] = useState<Found | null>(null);
  const [units, setUnits] = useState<number | null>(null);
  const send = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/transfers', {
    onSuccess: () => {
      notifications.show({ message: t('sent', { amount: amounts.full(wallet.wallet, units ?? 0), name: to?.called ?? t('noName') }) });
      refresh();
      onClose();
    },
  });
  const amount = units ?? 0;
  return (
    <Confirm
      opened
      title={t('sendTitle')}
      verb={amount > 0 ? t('sendDo', { amount: amounts.full(wallet.wallet, amount) }) : t('send')}
      busy={send.isPending}
      disabled={to === null || amount <= 0}
      failure={send.error}
      onConfirm={() => to && send.mutate({ params: { path }, body: { wallet: wallet.wallet, amount, to: to.id } })}
      onClose={onClose}
    >
      <Stack>
        <Text size="sm">{t('sendText')}</Text>
        <FindMember program={path.program} label={to === null ? t('sendTo') : t('sendToOther')} without={member.id} onChoose={setTo} />
        {to === null ? null : <Text fw={600}>{t('receives', { name: to.called ?? t('noName') })}</Text>}
        <Amount wallet={wallet} value={units} onChange={setUnits} />
        {amount <= 0 ? null : <Text fw={600}>{t('becomes', { after: amountOf(wallet.available - amount, wallet, language), before: amountOf(wallet.available, wallet, language) })}</Text>}
      </Stack>
    </Confirm>
  );
}

export function Convert({ wallet, conversions, onClose }: { wallet: Wallet; conversions: readonly Conversion[]; onClose: () => void }) {
  const { t, language } = useOneWords();
  const path = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const refresh = useRefresh();
  const wallets = useMemberWallets().data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [units, setUnits] = useState<number | null>(null);
  const rate = conversions.find((each) => each.to === chosen) ?? conversions[0];
  const into = wallets.find((each) => each.wallet === rate?.to);
  const convert = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/conversions', {
    onSuccess: () => {
      notifications.show({ message: t('converted') });
      refresh();
      onClose();
    },
  });
  const amount = units ?? 0;
  const gives = rate === undefined ? 0 : Math.floor(amount / rate.take) * rate.give;
  const fits = rate !== undefined && amount > 0 && amount % rate.take === 0;
  return (
    <Confirm
      opened
      title={t('convertTitle')}
      verb={fits ? t('convertDo', { amount: amounts.full(wallet.wallet, amount) }) : t('convert')}
      busy={convert.isPending}
      disabled={!fits}
      failure={convert.error}
      onConfirm={() => rate && convert.mutate({ params: { path }, body: { wallet: wallet.wallet, into: rate.to, amount } })}
      onClose={onClose}
    >
      <Stack>
        {conversions.length > 1 ? (
          <Select label={t('convertInto')} data={conversions.map((each) => ({ value: each.to, label: names.wallet(each.to) }))} value={rate?.to ?? null} onChange={setChosen} allowDeselect={false} />
        ) : null}
        {rate === undefined ? null : <Text size="sm">{t('convertRate', { take: amounts.full(wallet.wallet, rate.take), give: amounts.full(rate.to, rate.give) })}</Text>}
        <Amount wallet={wallet} value={units} step={rate?.take ?? 1} onChange={setUnits} />
        {rate === undefined || amount <= 0 ? null : fits ? (
          <Text fw={600}>
            {t('converts', {
              take: amounts.full(wallet.wallet, amount),
              give: amounts.full(rate.to, gives),
              left: amountOf(wallet.available - amount, wallet, language),
              after: amountOf((into?.available ?? 0) + gives, into, language),
            })}
          </Text>
        ) : (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('convertPortion', { take: amounts.full(wallet.wallet, rate.take) })}
          </Text>
        )}
      </Stack>
    </Confirm>
  );
}
