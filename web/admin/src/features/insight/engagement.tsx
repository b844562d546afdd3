import { SimpleGrid } from '@mantine/core';
import { api } from '@api';
import { FigureList } from '@shared/figures';
import { useNames } from '@shared/names';
import { Loaded } from '@shared/ui';
import { keepPreviousData } from '@tanstack/react-query';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

const GROUPS = {
  people: ['members', 'new_members', 'active_members', 'active_rate', 'participating_members', 'participation_rate'],
  buying: ['orders', 'sales', 'average_order', 'buyers', 'repeat_purchase_rate', 'repeat_customer_rate', 'purchase_frequency'],
  guests: ['member_orders', 'member_sales', 'member_average_order', 'guest_orders', 'guest_sales', 'guest_average_order', 'average_order_uplift', 'membership_rate'],
  incentives: ['influenced_orders', 'influenced_sales', 'incentive_cost', 'incentive_roi'],
} as const;

export default function Engagement({ program, from, through }: ViewProps) {
  const { t } = useInsightWords();
  const names = useNames();
  const kpis = api.useQuery(
    'get',
    '/v1/programs/{program}/reports/kpis',
    { params: { path: { program }, query: { from, through, compare: 'previous' } } },
    { placeholderData: keepPreviousData },
  );
  return (
    <Report program={program} path={`reports/kpis?from=${from}&through=${through}&compare=previous`} file={t('tabs.engagement')}>
      <Loaded query={kpis} rows={8}>
        {({ figures, currency }) => (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            {Object.entries(GROUPS).map(([group, ids]) => (
              <FigureList
                key={group}
                title={t(group as keyof typeof GROUPS)}
                figures={ids.flatMap((id) => figures.filter((each) => each.id === id && each.wallet === null))}
                currency={currency}
              />
            ))}
            {[...new Set(figures.flatMap((each) => each.wallet ?? []))].map((wallet) => (
              <FigureList key={wallet} title={names.wallet(wallet)} within figures={figures.filter((each) => each.wallet === wallet)} currency={currency} />
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </Report>
  );
}
