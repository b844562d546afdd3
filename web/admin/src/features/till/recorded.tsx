// What was just recorded, where the cashier looks: said aloud, brought into view, with its undoing.
import { Alert, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconClock, IconRotate } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useDeeds } from './deeds';
import type { Action } from './till';
import { Undo } from './undo';
import { useTillWords } from './words';

/** Something the server has, or something that is kept here until it has it. */
export type Notice = { action: Action } | { id: string; kept: string };

interface RecordedProps {
  program: string;
  notice: Notice | null;
  online: boolean;
  onUndone: (action: Action) => void;
  onClose: () => void;
}

export function Recorded({ program, notice, online, onUndone, onClose }: RecordedProps) {
  const { t } = useTillWords();
  const deeds = useDeeds();
  const place = useRef<HTMLDivElement>(null);
  const action = notice !== null && 'action' in notice ? notice.action : null;
  const shown = notice === null ? '' : 'kept' in notice ? notice.id : `${notice.action.id} ${notice.action.state}`;
  useEffect(() => {
    if (shown !== '') {
      // Where the fields were is not where one looks now: they are empty again.
      place.current?.focus({ preventScroll: true });
      place.current?.scrollIntoView({ block: 'start' });
    }
  }, [shown]);
  const isUndone = action?.state === 'undone';
  return (
    <div ref={place} tabIndex={-1} role="status" aria-label={t('recorded')} style={{ outline: 'none', scrollMarginTop: 72 }}>
      {notice === null ? null : (
        <Alert
          color={isUndone ? 'gray' : action === null ? 'yellow' : 'teal'}
          icon={isUndone ? <IconRotate size={20} /> : action === null ? <IconClock size={20} /> : <IconCheck size={20} />}
          title={
            <Text component="span" size="lg" fw={700}>
              {'kept' in notice ? notice.kept : t(isUndone ? `wasUndone.${notice.action.kind}` : `wasDone.${notice.action.kind}`)}
            </Text>
          }
          withCloseButton
          closeButtonLabel={t('close')}
          onClose={onClose}
        >
          {action === null ? (
            <Text>{t('keptText')}</Text>
          ) : (
            <Stack gap="sm">
              <div>
                <Text size="lg" fw={600}>
                  {deeds.title(action)}
                  {action.member_id === null ? '' : ` · ${deeds.called(action)}`}
                </Text>
                {isUndone
                  ? null
                  : deeds.lines(action).map((line) => (
                      <Text key={line}>{line}</Text>
                    ))}
              </div>
              {isUndone ? null : (
                <Group>
                  <Undo program={program} action={action} online={online} onUndone={onUndone} />
                </Group>
              )}
            </Stack>
          )}
        </Alert>
      )}
    </div>
  );
}
