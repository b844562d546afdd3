// How many members a condition means right now, and some of them.
import { Anchor, Card, Group, List, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api } from '@api';
import { share, whole } from '@shared/format';
import type { Written } from '@shared/conditions';
import { Waiting } from '@shared/ui';
import { keepPreviousData } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSegmentWords } from './words';

const SOME = 6;

interface AudienceProps {
  program: string;
  when: Written | null;
  /** Whether the condition is complete and without faults. */
  ready: boolean;
}

export function Audience({ program, when, ready }: AudienceProps) {
  const { t, language } = useSegmentWords();
  const [settled] = useDebouncedValue(when, 300);
  const preview = api.useQuery(
    'post',
    '/v1/programs/{program}/segments/preview',
    { params: { path: { program } }, body: { when: settled ?? {}, sample: SOME } },
    { enabled: ready && settled !== null && settled === when, placeholderData: keepPreviousData, retry: false, staleTime: 30_000 },
  );
  const everybody = api.useQuery(
    'post',
    '/v1/programs/{program}/segments/preview',
    { params: { path: { program } }, body: { when: { 'member.status': ['active', 'paused', 'blocked'] }, sample: 0 } },
    { staleTime: 300_000, retry: false },
  );
  return (
    <Card withBorder padding="lg" aria-live="polite">
      <Text size="sm" c="dimmed" fw={600}>
        {t('now')}
      </Text>
      {when === null ? (
        <Text mt="xs">{t('noCondition')}</Text>
      ) : preview.error ? (
        <Text mt="xs">{t('later')}</Text>
      ) : preview.data === undefined && !ready ? (
        <Text mt="xs">{t('unfinished')}</Text>
      ) : preview.data === undefined ? (
        <Waiting rows={2} />
      ) : (
        <Stack gap="sm" style={{ opacity: preview.isPlaceholderData || !ready ? 0.5 : 1 }}>
          <div>
            <Group gap={8} align="baseline">
              <Text fz={34} fw={700} lh={1.2} data-testid="audience-count">
                {whole(preview.data.count, language)}
              </Text>
              <Text>{t('nowText', { count: preview.data.count })}</Text>
            </Group>
            {everybody.data === undefined || everybody.data.count === 0 ? null : (
              <Text size="sm" c="dimmed">
                {t('share', { share: share(preview.data.count / everybody.data.count, language), count: whole(everybody.data.count, language) })}
              </Text>
            )}
          </div>
          {preview.data.sample.length === 0 ? (
            <Text size="sm">{t('noOne')}</Text>
          ) : (
            <div>
              <Text size="sm" fw={600} mb={4}>
                {t('sample')}
              </Text>
              <List size="sm" listStyleType="none" spacing={2}>
                {preview.data.sample.map((each) => (
                  <List.Item key={each.id}>
                    <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: each.id }} {...props} />}>
                      {each.called ?? t('noName')}
                    </Anchor>
                  </List.Item>
                ))}
              </List>
            </div>
          )}
        </Stack>
      )}
    </Card>
  );
}
