// What an endpoint is: where it goes, what is sent, and which secrets sign.
import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { Schemas } from '@api';
import { moment } from '@shared/format';
import { useProgram } from '@shared/session';
import { IconPlayerPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useSettingsWords } from './words';

export function EndpointFacts({ endpoint, onTurnOn, busy }: { endpoint: Schemas['EndpointOut']; onTurnOn: (() => void) | null; busy: boolean }) {
  const { t, language } = useSettingsWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const facts: [string, ReactNode][] = [
    [t('whereTo'), endpoint.url],
    [t('note'), endpoint.description],
    [t('howMuch'), endpoint.payload === 'full' ? t('full') : t('thin')],
    [t('whichKinds'), endpoint.kinds.includes('*') ? t('allKinds') : endpoint.kinds.join(', ')],
    [
      t('secretIs'),
      endpoint.secrets.map((each) => (
        <div key={each.ends_with}>
          {each.until === null ? t('secretEnds', { end: each.ends_with }) : t('secretUntil', { end: each.ends_with, when: moment(each.until, zone, language) })}
        </div>
      )),
    ],
  ];
  return (
    <Stack>
      {endpoint.disabled_at === null ? null : (
        <Alert color="yellow" icon={<IconPlayerPause size={18} />}>
          <Group justify="space-between">
            <Text size="sm">{t('offNow')}</Text>
            {onTurnOn === null ? null : (
              <Button size="xs" loading={busy} onClick={onTurnOn}>
                {t('turnOn')}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <Paper withBorder p="md">
        <Stack gap={6} component="dl" m={0}>
          {facts
            .filter(([, said]) => said !== '')
            .map(([name, said]) => (
              <Group key={name} gap="xs" align="baseline">
                <Text component="dt" size="sm" c="dimmed" w={150}>
                  {name}
                </Text>
                <Text component="dd" size="sm" m={0} flex="1 1 240px" style={{ overflowWrap: 'anywhere' }}>
                  {said}
                </Text>
              </Group>
            ))}
        </Stack>
      </Paper>
    </Stack>
  );
}
