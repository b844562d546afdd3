// What a member would see: a card with a balance, ways to earn, what there is for it, and the tiers.
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { Schemas } from '@api';
import { IconCheck, IconGift, IconSparkles, IconStairsUp, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStartWords } from './words';

/** `called` is what the merchant typed; until then it is the template's own name. */
export function MemberView({ view, called }: { view: Schemas['ViewOut']; called: string }) {
  const { t } = useStartWords();
  const name = called.trim() || view.name;
  return (
    <Paper withBorder radius="lg" component="section" aria-label={t('asMember')} maw={420} mx="auto" w="100%" style={{ overflow: 'hidden' }}>
      <Stack gap="sm" p="lg" bg="var(--mantine-primary-color-filled)" c="white">
        <Group gap="sm" wrap="nowrap">
          <Text component="span" fw={700} w={36} h={36} bg="white" c="var(--mantine-color-puntal-8)" style={{ borderRadius: '50%', display: 'grid', placeItems: 'center', flex: 'none' }} aria-hidden>
            {name.charAt(0).toLocaleUpperCase()}
          </Text>
          <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
        </Group>
        {view.balances.map((each) => (
          <div key={each.wallet}>
            <Text size="xl" fw={700} lh={1.2}>
              {each.amount}
            </Text>
            {each.size === null ? null : <Stamps size={each.size} stamps={each.stamps ?? 0} />}
          </div>
        ))}
        <Text size="xs">{t('sampleMember')}</Text>
      </Stack>
      <Stack gap="lg" p="lg">
        <Part icon={IconGift} title={t('viewRewards')}>
          {view.rewards.map((each) => (
            <Group key={each.name} component="li" justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
              <div>
                <Text size="sm" fw={500}>
                  {each.name}
                </Text>
                {each.gives === '' ? null : (
                  <Text size="xs" c="dimmed">
                    {each.gives}
                  </Text>
                )}
              </div>
              <Badge variant={each.reached ? 'filled' : 'light'} color={each.reached ? 'puntal' : 'gray'} tt="none" size="md" style={{ flex: 'none', maxWidth: '50%', height: 'auto' }} styles={{ label: { whiteSpace: 'normal' } }} leftSection={each.reached ? <IconCheck size={12} aria-label={t('reached')} /> : undefined}>
                {each.price}
              </Badge>
            </Group>
          ))}
        </Part>
        <Part icon={IconSparkles} title={t('viewWays')}>
          {view.ways.map((each) => (
            <li key={each.name}>
              <Text size="sm" fw={500}>
                {each.name}
              </Text>
              {each.gives === '' ? null : (
                <Text size="xs" c="dimmed">
                  {each.gives}
                </Text>
              )}
            </li>
          ))}
        </Part>
        {view.tiers.length === 0 ? null : (
          <Part icon={IconStairsUp} title={t('viewTiers')}>
            <Group component="li" gap={6}>
              {view.tiers.map((each) => (
                <Badge key={each} variant="light" tt="none">
                  {each}
                </Badge>
              ))}
            </Group>
          </Part>
        )}
      </Stack>
    </Paper>
  );
}

function Stamps({ size, stamps }: { size: number; stamps: number }) {
  const { t } = useStartWords();
  return (
    <Group gap={6} mt={6} role="img" aria-label={t('stamps', { stamps, size })}>
      {Array.from({ length: size }, (_, at) => (
        <span key={at} style={{ width: 20, height: 20, borderRadius: '50%', border: '2px solid white', background: at < stamps ? 'white' : 'transparent' }} />
      ))}
    </Group>
  );
}

function Part({ icon: Sign, title, children }: { icon: Icon; title: string; children: ReactNode }) {
  return (
    <div>
      <Group gap={6} mb="xs">
        <Sign size={18} stroke={1.6} aria-hidden />
        <Title order={4} size="sm">
          {title}
        </Title>
      </Group>
      <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {children}
      </Stack>
    </div>
  );
}
