// A tier by hand: at least this one, until a day.
import { Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { DayInput } from '@shared/day-input';
import { Confirm } from '@shared/confirm';
import { useState } from 'react';
import { useLadders } from '../program';
import { usePath, useRefresh } from './data';
import { useOneWords } from './words';

export function GiveTier({ onClose }: { onClose: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const ladders = useLadders();
  const [chosen, setChosen] = useState<string | null>(null);
  const [tier, setTier] = useState<string | null>(null);
  const [through, setThrough] = useState('');
  const [reason, setReason] = useState('');
  const ladder = ladders.find((each) => each.id === chosen) ?? ladders[0];
  const give = api.useMutation('put', '/v1/programs/{program}/members/{member_id}/tiers/{ladder}/floor', {
    onSuccess: () => {
      notifications.show({ message: t('given') });
      refresh();
      onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t('tierTitle')}
      verb={t('giveTier')}
      busy={give.isPending}
      disabled={ladder === undefined || tier === null || reason.trim() === ''}
      failure={give.error}
      onConfirm={() => ladder && tier && give.mutate({ params: { path: { ...path, ladder: ladder.id } }, body: { tier, reason: reason.trim(), through: through || null } })}
      onClose={onClose}
    >
      <Stack>
        <Text size="sm">{t('tierText')}</Text>
        {ladders.length > 1 ? (
          <Select label={t('ladder')} data={ladders.map((each) => ({ value: each.id, label: each.name }))} value={ladder?.id ?? null} onChange={setChosen} allowDeselect={false} />
        ) : null}
        <Select label={t('tier')} data={(ladder?.tiers ?? []).map((each) => ({ value: each.id, label: each.name }))} value={tier} onChange={setTier} required />
        <DayInput label={t('through')} value={through} clearable onChange={setThrough} />
        <TextInput label={t('reason')} value={reason} maxLength={500} required onChange={(event) => setReason(event.currentTarget.value)} />
      </Stack>
    </Confirm>
  );
}
