// What members would meet, in sentences.
import { Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { Schemas } from '@api';
import { IconGift, IconSparkles, IconStairsUp, IconWallet, type Icon } from '@tabler/icons-react';
import { useStartWords } from './words';

const SECTIONS: readonly { section: 'earning' | 'tiers' | 'rewards' | 'wallets'; icon: Icon }[] = [
  { section: 'earning', icon: IconSparkles },
  { section: 'rewards', icon: IconGift },
  { section: 'tiers', icon: IconStairsUp },
  { section: 'wallets', icon: IconWallet },
];

export function Preview({ sentences }: { sentences: readonly Schemas['SentenceOut'][] }) {
  const { t } = useStartWords();
  return (
    <Stack gap="md">
      {SECTIONS.map(({ section, icon: Sign }) => {
        const said = sentences.filter((each) => each.section === section);
        return said.length === 0 ? null : (
          <Paper key={section} withBorder p="md" component="section" aria-label={t(`sections.${section}`)}>
            <Title order={3} mb="xs" style={{ display: 'flex', alignItems: 'center', gap: 8 }}>
              <ThemeIcon variant="light" size={26} aria-hidden>
                <Sign size={16} />
              </ThemeIcon>
              {t(`sections.${section}`)}
            </Title>
            <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {said.map((each) => (
                <li key={each.path}>
                  <Text size="sm" fw={500}>
                    {each.name}
                  </Text>
                  <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {each.words}
                  </Text>
                </li>
              ))}
            </Stack>
          </Paper>
        );
      })}
    </Stack>
  );
}
