// How many members a segment had, day by day.
import { Group, Paper, Select, Skeleton, Text } from '@mantine/core';
import { api } from '@api';
import Chart from '@shared/charts';
import { dayName, shortDay } from '@shared/days';
import { whole } from '@shared/format';
import { Failure } from '@shared/ui';
import { useState } from 'react';
import { useSegmentWords } from './words';

const HEIGHT = 200;
const PERIODS = ['30', '90', '365'] as const;

export function Growth({ program, segment }: { program: string; segment: string }) {
  const { t, language } = useSegmentWords();
  const [days, setDays] = useState<string>('90');
  const growth = api.useQuery('get', '/v1/programs/{program}/segments/{segment}/growth', { params: { path: { program, segment }, query: { days: Number(days) } } });
  const points = growth.data?.points ?? [];
  const [first] = points;
  const last = points.at(-1);
  const change = (last?.members ?? 0) - (first?.members ?? 0);
  const signed = `${change > 0 ? '+' : change < 0 ? '−' : '±'}${whole(Math.abs(change), language)}`;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('growth')}>
      <Group justify="space-between" mb="sm" align="flex-start">
        <div>
          <Text component="h2" fw={600} size="sm">
            {t('growth')}
          </Text>
          {first === undefined || points.length < 2 ? null : (
            <Text size="sm" c="dimmed">
              <Text span size="sm" fw={600} c={change === 0 ? undefined : change > 0 ? 'var(--puntal-good)' : 'var(--puntal-bad)'}>
                {signed}
              </Text>{' '}
              {t('sinceDay', { when: dayName(first.day, language) })}
            </Text>
          )}
        </div>
        <Select
          aria-label={t('period')}
          size="xs"
          w={140}
          data={PERIODS.map((each) => ({ value: each, label: t('lastDays', { count: Number(each) }) }))}
          value={days}
          allowDeselect={false}
          onChange={(next) => setDays(next ?? '90')}
        />
      </Group>
      {growth.error ? (
        <Failure failure={growth.error} retry={() => void growth.refetch()} />
      ) : growth.data === undefined ? (
        <Skeleton height={HEIGHT} />
      ) : points.length < 2 ? (
        <Text size="sm" c="dimmed" py="md">
          {t('growthSoon')}
        </Text>
      ) : (
        <Chart
          label={`${t('growth')}: ${whole(first?.members ?? 0, language)} – ${whole(last?.members ?? 0, language)}`}
          data={points.map((each) => ({ day: shortDay(each.day, language), members: each.members }))}
          lines={[{ name: 'members', label: t('members'), color: 'puntal.7' }]}
          format={(value) => whole(value, language)}
          height={HEIGHT}
        />
      )}
    </Paper>
  );
}
