// Erasing a person: what goes, in words and numbers, and a word typed to mean it.
import { Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { calledOf, useAmounts, useMemberWallets, usePath, useRefresh, type Member } from './data';
import { useOneWords } from './words';

export function Erase({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const amounts = useAmounts();
  const wallets = useMemberWallets();
  const [word, setWord] = useState('');
  const erase = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/erase', {
    onSuccess: async () => {
      notifications.show({ message: t('erased') });
      // Away from her page first: what it shows is no longer there to be asked for.
      await navigate({ to: '/p/$program/members', params: { program: path.program }, search: {} });
      refresh();
    },
  });
  const loses = (wallets.data?.items ?? []).filter((each) => each.balance > 0).map((each) => amounts.full(each.wallet, each.balance));
  return (
    <Confirm
      opened
      title={t('eraseTitle')}
      verb={t('eraseDo')}
      danger
      busy={erase.isPending}
      disabled={wallets.isPending || word.trim().toLocaleUpperCase() !== t('eraseWord')}
      failure={erase.error}
      onConfirm={() => erase.mutate({ params: { path } })}
      onClose={onClose}
    >
      <Stack>
        <Text fw={600}>{calledOf(member) ?? t('noName')}</Text>
        <Text size="sm">{t('eraseText')}</Text>
        <Text size="sm" fw={600}>
          {loses.length === 0 ? '' : `${t('eraseLoses', { what: loses.join(', ') })} `}
          {t('eraseIdentities', { count: member.identities.length })}
        </Text>
        <TextInput label={t('eraseType', { word: t('eraseWord') })} value={word} autoComplete="off" onChange={(event) => setWord(event.currentTarget.value)} />
      </Stack>
    </Confirm>
  );
}
