import { Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { FigureCard, RowsButton } from '@shared/figures';
import { money, whole } from '@shared/format';
import { Grid } from '@shared/grid';
import { useNames } from '@shared/names';
import { Empty, Loaded } from '@shared/ui';
import { IconGift } from '@tabler/icons-react';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

const FIGURES = ['influenced_orders', 'influenced_sales', 'incentive_cost', 'incentive_roi'];

export default function Incentives({ program, from, through }: ViewProps) {
  const { t, language } = useInsightWords();
  const names = useNames();
  const query = { params: { path: { program }, query: { from, through } } };
  const report = api.useQuery('get', '/v1/programs/{program}/reports/incentives', query);
  const kpis = api.useQuery('get', '/v1/programs/{program}/reports/kpis', { params: { path: { program }, query: { from, through, compare: 'previous' } } });
  const days = `from=${from}&through=${through}`;
  return (
    <Report program={program} path={`reports/incentives?${days}`} sql={`reports/tables/sql?table=incentives&${days}`} about={t('about_incentives')} file={t('tabs.incentives')}>
      <Loaded query={report} rows={8}>
        {(found) => (
          <Stack>
            <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
              {(kpis.data?.figures ?? [])
                .filter((each) => FIGURES.includes(each.id))
                .map((each) => (
                  <FigureCard key={each.id} figure={each} currency={found.currency} />
                ))}
            </SimpleGrid>
            <Group gap={4}>
              <Text size="sm" c="dimmed">
                {t('ofOrders', { part: whole(found.influenced_orders, language), whole: whole(found.orders, language) })}
              </Text>
              <RowsButton small rows={`reports/kpis/orders?of=earning_orders&${days}`} sql={`reports/tables/sql?table=influence&${days}`} title={t('allOrders')} currency={found.currency} />
            </Group>
            {found.incentives.length === 0 ? (
              <Empty icon={<IconGift size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
            ) : (
              <Grid
                label={t('tabs.incentives')}
                rows={found.incentives}
                id={(row) => `${row.kind} ${row.id}`}
                columns={[
                  { title: t('incentive'), cell: (row) => (row.kind === 'campaign' ? names.campaign(row.id) : names.reward(row.id)) },
                  { title: t('kind'), cell: (row) => t(`kinds.${row.kind}`) },
                  { title: t('orders'), number: true, cell: (row) => whole(row.orders, language) },
                  { title: t('sales'), number: true, cell: (row) => money(row.sales_minor, found.currency, language) },
                  { title: t('cost'), number: true, cell: (row) => money(row.cost_minor, found.currency, language) },
                  {
                    title: t('roi'),
                    number: true,
                    cell: (row) => (row.cost_minor === 0 ? '–' : new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(row.sales_minor / row.cost_minor)),
                  },
                  {
                    title: '',
                    cell: (row) => (
                      <RowsButton
                        small
                        rows={`reports/incentives/orders?${days}&kind=${row.kind}&id=${encodeURIComponent(row.id)}`}
                        sql={`reports/tables/sql?table=incentives&${days}`}
                        title={row.kind === 'campaign' ? names.campaign(row.id) : names.reward(row.id)}
                        currency={found.currency}
                      />
                    ),
                  },
                ]}
              />
            )}
          </Stack>
        )}
      </Loaded>
    </Report>
  );
}
