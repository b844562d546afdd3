import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { api } from '@api';
import { useNames } from '@shared/names';
import { SeriesCard } from '@shared/series';
import { Loaded } from '@shared/ui';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

export default function Growth({ program, from, through }: ViewProps) {
  const { t } = useInsightWords();
  const names = useNames();
  const { every } = useSearch({ from: '/signed-in/p/$program/insight' });
  const navigate = useNavigate({ from: '/p/$program/insight' });
  const series = api.useQuery(
    'get',
    '/v1/programs/{program}/reports/series',
    { params: { path: { program }, query: { from, through, ...(every === undefined ? {} : { every }) } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Loaded query={series}>
      {(found) => (
        <Report
          program={program}
          path={`reports/series?from=${from}&through=${through}&every=${found.every}`}
          about={t('about_growth')}
          file={t('tabs.growth')}
          sql={`reports/tables/sql?table=series&from=${from}&through=${through}&every=${found.every}`}
          beside={
            <SegmentedControl
              size="xs"
              aria-label={t('every')}
              value={found.every}
              data={(['day', 'week', 'month'] as const).map((each) => ({ value: each, label: t(each) }))}
              onChange={(value) => void navigate({ search: (now) => ({ ...now, every: value as 'day' | 'week' | 'month' }), replace: true, resetScroll: false })}
            />
          }
        >
          <Stack gap="md">
            <SeriesCard title={t('sales')} series={found} of={[{ figure: 'member_sales' }, { figure: 'guest_sales' }]} kind="stacked" height={260} />
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
              <SeriesCard title={t('orders')} series={found} of={[{ figure: 'member_orders' }, { figure: 'guest_orders' }]} kind="stacked" />
              <SeriesCard title={t('members')} series={found} of={[{ figure: 'new_members' }]} kind="bar" />
              {[...new Set(found.figures.flatMap((each) => each.wallet ?? []))]
                .filter((wallet) => !names.isQualifying(wallet))
                .map((wallet) => (
                  <SeriesCard
                    key={wallet}
                    title={t('units', { wallet: names.wallet(wallet) })}
                    series={found}
                    of={[
                      { figure: 'earned', wallet },
                      { figure: 'spent', wallet },
                      { figure: 'expired', wallet },
                    ]}
                  />
                ))}
            </SimpleGrid>
          </Stack>
        </Report>
      )}
    </Loaded>
  );
}
