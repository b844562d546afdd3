// What was done just now, with its receipt, and taking it back.
import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { Loaded } from '@shared/ui';
import { useProgram } from '@shared/session';
import { useState } from 'react';
import type { Action } from './till';
import { useTillWords } from './words';

interface DoneProps {
  program: string;
  actions: Action[];
  online: boolean;
  onChange: (action: Action) => void;
}

export function Done({ program, actions, online, onChange }: DoneProps) {
  const { t, language } = useTillWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const [leaving, setLeaving] = useState<Action | null>(null);
  const [shown, setShown] = useState<Action | null>(null);
  const undo = api.useMutation('post', '/v1/programs/{program}/till/actions/{action_id}/undo', {
    onSuccess: (action) => {
      notifications.show({ message: t('undone') });
      setLeaving(null);
      onChange(action);
    },
  });
  const clock = (instant: string): string => new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: zone }).format(new Date(instant));
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('lately')}>
      <Title order={2} mb="sm">
        {t('lately')}
      </Title>
      <Stack gap="md">
        {actions.map((each) => (
          <Group key={each.id} justify="space-between" gap="sm">
            <div>
              <Group gap="xs">
                <Text fw={600}>{t(`done.${each.kind}`)}</Text>
                {each.state === 'done' ? null : (
                  <Badge tt="none" variant="light" color="gray" autoContrast>
                    {t(`state.${each.state}`)}
                  </Badge>
                )}
              </Group>
              <Text size="sm" c="dimmed">
                {clock(each.at)}
                {each.state === 'undone' ? '' : ` · ${t('undoUntil', { when: clock(each.undo_until) })}`}
              </Text>
            </div>
            <Group gap="xs">
              <Button size="md" variant="default" onClick={() => setShown(each)}>
                {t('receipt')}
              </Button>
              {each.state === 'undone' ? null : (
                <Button size="md" variant="default" disabled={!online} onClick={() => setLeaving(each)}>
                  {t('undo')}
                </Button>
              )}
            </Group>
          </Group>
        ))}
      </Stack>
      <Confirm
        opened={leaving !== null}
        title={t('undoTitle')}
        verb={t('undo')}
        danger
        busy={undo.isPending}
        failure={undo.error}
        onConfirm={() => leaving && undo.mutate({ params: { path: { program, action_id: leaving.id } } })}
        onClose={() => {
          undo.reset();
          setLeaving(null);
        }}
      >
        <Text>{t(`undoText.${leaving?.kind ?? 'sale'}`)}</Text>
      </Confirm>
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={<Text fw={600}>{t('receipt')}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
        {shown === null ? null : <Receipt program={program} id={shown.id} />}
      </Modal>
    </Card>
  );
}

function Receipt({ program, id }: { program: string; id: string }) {
  const { t } = useTillWords();
  const receipt = api.useQuery('get', '/v1/programs/{program}/till/actions/{action_id}/receipt', { params: { path: { program, action_id: id } } });
  return (
    <Loaded query={receipt}>
      {(data) => (
        <Stack>
          <Text component="pre" ff="monospace" size="sm" style={{ whiteSpace: 'pre-wrap' }} className="printed">
            {data.text}
          </Text>
          <Button size="lg" variant="default" onClick={() => window.print()}>
            {t('print')}
          </Button>
        </Stack>
      )}
    </Loaded>
  );
}
