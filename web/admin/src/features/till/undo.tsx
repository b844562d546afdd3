// Taking something back: asked with what that takes and gives, in numbers.
import { Button, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { useState } from 'react';
import { useDeeds } from './deeds';
import type { Action } from './till';
import { useTillWords } from './words';

interface UndoProps {
  program: string;
  action: Action;
  online: boolean;
  onUndone: (action: Action) => void;
}

export function Undo({ program, action, online, onUndone }: UndoProps) {
  const { t } = useTillWords();
  const deeds = useDeeds();
  const [asking, setAsking] = useState(false);
  const undo = api.useMutation('post', '/v1/programs/{program}/till/actions/{action_id}/undo', {
    onSuccess: (undone) => {
      notifications.show({ message: t(`wasUndone.${undone.kind}`) });
      setAsking(false);
      onUndone(undone);
    },
  });
  return (
    <>
      <Button size="md" variant="default" disabled={!online} aria-label={`${t('undo')}: ${deeds.title(action)}`} onClick={() => setAsking(true)}>
        {t('undo')}
      </Button>
      <Confirm
        opened={asking}
        title={t('undoTitle', { what: deeds.title(action) })}
        verb={t('undo')}
        danger
        busy={undo.isPending}
        failure={undo.error}
        onConfirm={() => undo.mutate({ params: { path: { program, action_id: action.id } } })}
        onClose={() => {
          undo.reset();
          setAsking(false);
        }}
      >
        <Stack gap={4}>
          {deeds.takenBack(action).map((line) => (
            <Text key={line}>{line}</Text>
          ))}
        </Stack>
      </Confirm>
    </>
  );
}
