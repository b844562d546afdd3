// What wants looking at, and what might help: each with its numbers and the way there.
import { Alert, Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import type { Schemas } from '@api';
import { IconAlertTriangle, IconBulb, IconInfoCircle } from '@tabler/icons-react';
import { useParams, useRouter } from '@tanstack/react-router';
import { useHomeWords } from './words';

const COLOUR = { info: 'puntal', warning: 'yellow', critical: 'red' } as const;

/** Where something can be done about it, below the program's pages. */
const PLACES: Partial<Record<Schemas['AlertOut']['target'], string>> = {
  approvals: 'settings/approvals',
  campaigns: 'campaigns',
  jobs: 'settings/jobs',
  members: 'members',
  program: 'program',
  rewards: 'rewards',
  wallets: 'program',
  webhooks: 'settings/webhooks',
};

function Way({ target }: { target: Schemas['AlertOut']['target'] }) {
  const { t } = useHomeWords();
  const router = useRouter();
  const { program = '' } = useParams({ strict: false });
  const place = PLACES[target];
  // A screen that this installation does not show has no address.
  if (place === undefined || !Object.hasOwn(router.routesByPath, `/p/$program/${place}`)) {
    return null;
  }
  const href = router.buildLocation({ to: `/p/${program}/${place}` }).href;
  return (
    <Anchor
      size="sm"
      href={href}
      onClick={(event) => {
        event.preventDefault();
        router.history.push(href);
      }}
    >
      {t('see')}
    </Anchor>
  );
}

export function Alerts({ alerts }: { alerts: readonly Schemas['AlertOut'][] }) {
  const { t } = useHomeWords();
  if (alerts.length === 0) {
    return null;
  }
  return (
    <Stack gap="xs" component="section" aria-label={t('alerts')}>
      {alerts.map((each) => (
        <Alert
          key={`${each.kind} ${each.about ?? ''}`}
          color={COLOUR[each.severity]}
          variant="light"
          py="xs"
          icon={each.severity === 'info' ? <IconInfoCircle size={18} /> : <IconAlertTriangle size={18} />}
        >
          <Group justify="space-between" gap="xs">
            <Text size="sm">
              <b>{each.title}.</b> {each.reason}
            </Text>
            <Way target={each.target} />
          </Group>
        </Alert>
      ))}
    </Stack>
  );
}

export function Advice({ items }: { items: readonly Schemas['RecommendationOut'][] }) {
  const { t } = useHomeWords();
  if (items.length === 0) {
    return null;
  }
  return (
    <Paper withBorder p="md" component="section" aria-label={t('advice')}>
      <Group gap={6} mb="sm">
        <IconBulb size={18} stroke={1.6} aria-hidden />
        <Text component="h2" fw={600} size="sm">
          {t('advice')}
        </Text>
        <Badge variant="light" size="sm" circle>
          {items.length}
        </Badge>
      </Group>
      <Stack gap="md">
        {items.map((each) => (
          <div key={`${each.kind} ${each.about ?? ''}`}>
            <Text size="sm" fw={500}>
              {each.title}
            </Text>
            <Text size="sm" c="dimmed">
              {each.reason}
            </Text>
            <Way target={each.target} />
          </div>
        ))}
      </Stack>
    </Paper>
  );
}
