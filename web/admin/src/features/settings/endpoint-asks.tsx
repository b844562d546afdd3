// What is asked before an endpoint gets a new secret, or its parked deliveries are sent again.
import { Radio, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { whole } from '@shared/format';
import { useState } from 'react';
import { useSettingsWords } from './words';

interface AskProps {
  path: { program: string; endpoint_id: string };
  onClose: () => void;
}

const OVERLAPS = { day: 24, none: 0 } as const;

export function NewSecret({ path, onClose, onDone }: AskProps & { onDone: (made: Schemas['NewSecretOut']) => void }) {
  const { t } = useSettingsWords();
  const [overlap, setOverlap] = useState<keyof typeof OVERLAPS>('day');
  const rotate = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/rotate', { onSuccess: onDone });
  return (
    <Confirm
      opened
      title={t('rotateSecret')}
      verb={t('rotateSecret')}
      danger={overlap === 'none'}
      busy={rotate.isPending}
      failure={rotate.error}
      onConfirm={() => rotate.mutate({ params: { path }, body: { overlap_hours: OVERLAPS[overlap] } })}
      onClose={onClose}
    >
      <Radio.Group label={t('rotateSecretText')} value={overlap} onChange={(value) => setOverlap(value as keyof typeof OVERLAPS)}>
        <Stack gap="xs" mt="xs">
          <Radio value="day" label={t('overlapDay')} description={t('overlapDayText')} />
          <Radio value="none" label={t('overlapNone')} description={t('overlapNoneText')} />
        </Stack>
      </Radio.Group>
    </Confirm>
  );
}

const HOUR_MS = 3_600_000;
const SPANS = { hour: 1, day: 24, week: 7 * 24, month: 30 * 24, all: 100 * 24 } as const;
type Span = keyof typeof SPANS;

export function ReplayParked({ path, onClose, onDone }: AskProps & { onDone: () => void }) {
  const { t, language } = useSettingsWords();
  const [span, setSpan] = useState<Span>('week');
  const replay = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/replay', {
    onSuccess: ({ replayed, more }) => {
      const number = whole(replayed, language);
      notifications.show({ message: more ? t('replayedMore', { number }) : replayed === 0 ? t('replayedNone') : t('replayedMany', { count: replayed, number }) });
      onDone();
    },
  });
  return (
    <Confirm
      opened
      title={t('replayParked')}
      verb={t('replayParked')}
      busy={replay.isPending}
      failure={replay.error}
      onConfirm={() => replay.mutate({ params: { path }, body: { since: new Date(Date.now() - SPANS[span] * HOUR_MS).toISOString() } })}
      onClose={onClose}
    >
      <Text size="sm">{t('replayParkedText')}</Text>
      <Select
        label={t('replaySince')}
        allowDeselect={false}
        value={span}
        onChange={(value) => setSpan((value ?? 'week') as Span)}
        data={(Object.keys(SPANS) as Span[]).map((each) => ({ value: each, label: t(`spans.${each}`) }))}
      />
    </Confirm>
  );
}
