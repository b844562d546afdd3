// What was done without a connection and is still on this device, and what the server would not take of it.
import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Confirm } from '@shared/confirm';
import { money } from '@shared/format';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import type { Keeping } from './kept';
import type { Kept } from './queue';
import { useTillWords } from './words';

export function Waiting({ keeping, online }: { keeping: Keeping; online: boolean }) {
  const { t } = useTillWords();
  const [leaving, setLeaving] = useState<Kept | null>(null);
  const { mine, others } = keeping;
  if (mine.length === 0 && others.length === 0 && !keeping.failure) {
    return null;
  }
  const open = mine.filter((each) => each.problem === null).length;
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('waiting')}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('waiting')}</Title>
        {open === 0 ? null : (
          <Badge size="lg" tt="none" color="yellow" variant="light" autoContrast role="status">
            {t(keeping.isSending ? 'sendingNow' : online ? 'toSend' : 'untilOnline', { count: open })}
          </Badge>
        )}
      </Group>
      <Stack gap="md">
        {mine.map((each) => (
          <One key={each.id} kept={each} online={online} onAgain={() => void keeping.again(each)} onLeave={() => setLeaving(each)} />
        ))}
        {others.map((name) => (
          <Text key={name} size="sm" c="dimmed">
            {t('ofOthers', { name })}
          </Text>
        ))}
        {keeping.failure && online ? <Failure failure={keeping.failure} writing /> : null}
      </Stack>
      <Confirm
        opened={leaving !== null}
        title={t('removeTitle')}
        verb={t('remove')}
        danger
        onConfirm={() => {
          if (leaving !== null) {
            void keeping.drop(leaving);
            setLeaving(null);
          }
        }}
        onClose={() => setLeaving(null)}
      >
        <Text>{t('removeText')}</Text>
      </Confirm>
    </Card>
  );
}

interface OneProps {
  kept: Kept;
  online: boolean;
  onAgain: () => void;
  onLeave: () => void;
}

function One({ kept, online, onAgain, onLeave }: OneProps) {
  const { t, language } = useTillWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: zone }).format(new Date(kept.words.at));
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text fw={600}>{titleOf(kept, t('aSale'), t('redeem'), language)}</Text>
          <Group gap={6} c="dimmed" wrap="nowrap">
            <IconClock size={15} aria-hidden />
            <Text size="sm" truncate maw={260}>
              {clock} · {kept.who}
            </Text>
          </Group>
        </div>
        <Group gap="xs" style={{ flexShrink: 0 }}>
          {kept.problem === null ? null : (
            <Button size="md" variant="default" disabled={!online} onClick={onAgain}>
              {t('sendAgain')}
            </Button>
          )}
          <Button size="md" variant="default" onClick={onLeave} aria-label={`${t('remove')}: ${kept.who}`}>
            {t('remove')}
          </Button>
        </Group>
      </Group>
      {kept.problem === null ? null : (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t('notTaken')} role="alert">
          {kept.problem} {t(kept.words.kind === 'sale' ? 'notTakenSale' : 'notTakenRedeem')}
        </Alert>
      )}
    </Stack>
  );
}

/** What is kept, with how much. */
export function titleOf({ words, what }: Pick<Kept, 'words' | 'what'>, sale: string, redeem: string, language: 'en' | 'es'): string {
  if (words.kind === 'redeem') {
    return what === null ? redeem : `${redeem}: ${what}`;
  }
  const minor = words.order.lines.reduce((sum, line) => sum + line.amount_minor, 0);
  return `${sale} ${money(minor, words.order.currency, language)}`;
}
