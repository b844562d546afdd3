// What is left until the program can be announced; gone once all is done, or when it is put away.
import { Anchor, Button, Group, Paper, Progress, Text } from '@mantine/core';
import { useLaunch } from '@shared/launch';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useHomeWords } from './words';

export function LaunchCard() {
  const { t } = useHomeWords();
  const { program = '' } = useParams({ strict: false });
  const kept = `puntal.launch.${program}`;
  const [hidden, setHidden] = useState(() => localStorage.getItem(kept) !== null);
  const { steps, done } = useLaunch();
  if (hidden || steps === undefined || done === steps.length) {
    return null;
  }
  return (
    <Paper withBorder p="md" component="section" aria-label={t('launch')}>
      <Group justify="space-between">
        <Text component="h2" fw={600} size="sm">
          {t('launch')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('launchDone', { done, all: steps.length })}
        </Text>
      </Group>
      <Progress value={(done / steps.length) * 100} my="sm" aria-label={t('launchDone', { done, all: steps.length })} />
      <Group justify="space-between">
        <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/launch" params={{ program }} {...props} />}>
          {t('launchSee')}
        </Anchor>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={() => {
            localStorage.setItem(kept, 'hidden');
            setHidden(true);
          }}
        >
          {t('launchHide')}
        </Button>
      </Group>
    </Paper>
  );
}
