// Pausing, blocking and letting go, with a reason that is kept.
import { Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { useState } from 'react';
import { useAmounts, useMemberWallets, usePath, useRefresh } from './data';
import { useOneWords } from './words';

export type StatusDeed = 'pause' | 'resume' | 'block' | 'unblock' | 'leave';

export function ChangeStatus({ deed, onClose }: { deed: StatusDeed; onClose: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const amounts = useAmounts();
  const wallets = useMemberWallets();
  const [reason, setReason] = useState('');
  const change = api.useMutation('post', `/v1/programs/{program}/members/{member_id}/${deed}`, {
    onSuccess: () => {
      notifications.show({ message: t(`status.${deed}.done`) });
      refresh();
      onClose();
    },
  });
  const holds = (wallets.data?.items ?? []).filter((each) => each.kind !== 'qualifying' && each.balance > 0).map((each) => amounts.full(each.wallet, each.balance));
  return (
    <Confirm
      opened
      title={t(`status.${deed}.title`)}
      verb={t(deed)}
      danger={deed === 'block' || deed === 'leave'}
      busy={change.isPending}
      disabled={wallets.isPending || reason.trim() === ''}
      failure={change.error}
      onConfirm={() => change.mutate({ params: { path }, body: { reason: reason.trim() } })}
      onClose={onClose}
    >
      <Stack>
        <Text size="sm">{t(`status.${deed}.text`)}</Text>
        {holds.length === 0 ? null : <Text size="sm" fw={600}>{t('holdsNow', { what: holds.join(', ') })}</Text>}
        <TextInput label={t('reason')} description={t('reasonHint')} value={reason} maxLength={500} required onChange={(event) => setReason(event.currentTarget.value)} />
      </Stack>
    </Confirm>
  );
}
