// What this cashier did and can still undo: how much, for whom, with its receipt.
import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { api } from '@api';
import { Loaded } from '@shared/ui';
import { useProgram } from '@shared/session';
import { useState } from 'react';
import { useDeeds } from './deeds';
import type { Action } from './till';
import { Undo } from './undo';
import { useTillWords } from './words';

interface DoneProps {
  program: string;
  actions: Action[];
  online: boolean;
  onUndone: (action: Action) => void;
  /** Shows those before; none where there are none. */
  more: (() => void) | undefined;
}

export function Done({ program, actions, online, onUndone, more }: DoneProps) {
  const { t, language } = useTillWords();
  const deeds = useDeeds();
  const zone = useProgram()?.timezone ?? 'UTC';
  const [shown, setShown] = useState<Action | null>(null);
  const clock = (instant: string): string => new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: zone }).format(new Date(instant));
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('lately')}>
      <Title order={2} mb="sm">
        {t('lately')}
      </Title>
      <Stack gap="md">
        {actions.map((each) => (
          <Group key={each.id} justify="space-between" gap="sm" role="group" aria-label={deeds.title(each)}>
            <div>
              <Group gap="xs">
                <Text fw={600} td={each.state === 'undone' ? 'line-through' : undefined}>
                  {deeds.title(each)}
                </Text>
                {each.state === 'done' ? null : (
                  <Badge tt="none" variant="light" color="gray" autoContrast>
                    {t(`state.${each.kind}.${each.state}`)}
                  </Badge>
                )}
              </Group>
              <Text size="sm">{each.state === 'undone' ? '' : deeds.lines(each).join(' ')}</Text>
              <Text size="sm" c="dimmed">
                {[each.member_id === null ? t('noSale') : deeds.called(each), clock(each.at), ...(each.state === 'undone' ? [] : [t('undoUntil', { when: clock(each.undo_until) })])].join(' · ')}
              </Text>
            </div>
            <Group gap="xs">
              <Button size="md" variant="default" aria-label={`${t('receipt')}: ${deeds.title(each)}`} onClick={() => setShown(each)}>
                {t('receipt')}
              </Button>
              {each.state === 'undone' ? null : <Undo program={program} action={each} online={online} onUndone={onUndone} />}
            </Group>
          </Group>
        ))}
        {more === undefined ? null : (
          <Button variant="default" onClick={more}>
            {t('before')}
          </Button>
        )}
      </Stack>
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
