// What pages look like for whoever is not signed in: one card, and the choice of language.
import { Anchor, Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { About } from './ui';
import { chooseLanguage, LANGUAGES, useLanguage, type Language } from './words';
import type { ReactNode } from 'react';
import { useUiWords } from './ui.words';

interface DoorProps {
  title: string;
  about: string;
  width?: number;
  children: ReactNode;
}

export function Door({ title, about, width = 400, children }: DoorProps) {
  const { t } = useUiWords();
  const language = useLanguage();
  useDocumentTitle(`${title} · Puntal`);
  return (
    <Center component="main" mih="100dvh" p="md" bg="var(--mantine-color-default-hover)">
      <Stack w="100%" maw={width} gap="md">
        <Group gap="xs" justify="center">
          <img src="/admin/favicon.svg" width={28} height={28} alt="" />
          <Text fw={700} size="lg">
            Puntal
          </Text>
        </Group>
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} radius="lg" shadow="xs">
          <Stack gap="md">
            <Group gap={4} wrap="nowrap">
              <Title order={1} fz={24}>
                {title}
              </Title>
              <About text={about} />
            </Group>
            {children}
          </Stack>
        </Paper>
        <Group justify="center" gap="md" role="group" aria-label={t('languages')}>
          {(Object.keys(LANGUAGES) as Language[]).map((each) => (
            <Anchor
              key={each}
              component="button"
              type="button"
              size="sm"
              c={each === language ? undefined : 'dimmed'}
              fw={each === language ? 600 : 400}
              aria-current={each === language}
              lang={each}
              onClick={() => void chooseLanguage(each)}
            >
              {LANGUAGES[each]}
            </Anchor>
          ))}
        </Group>
      </Stack>
    </Center>
  );
}
