// What a campaign led to, part by part: orders, what they brought, what it cost, and the orders themselves.
import { Group, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { api, type Schemas } from '@api';
import type { Campaign } from '@shared/draft/document';
import { money, whole } from '@shared/format';
import { RowsButton } from '@shared/figures';
import { useNames } from '@shared/names';
import { useMay } from '@shared/session';
import { About, Loaded } from '@shared/ui';
import { useCampaignWords } from './words';

type Incentive = Schemas['IncentiveOut'];

export function useIncentives(program: string) {
  const may = useMay();
  return api.useQuery('get', '/v1/programs/{program}/reports/incentives', { params: { path: { program } } }, { enabled: may('reports:read'), retry: false });
}

/** Of the campaign itself, and of the rewards and codes that belong to it. */
function partsOf(campaign: Campaign, incentives: Incentive[]): Incentive[] {
  const rewards = new Set((campaign.rewards ?? []).map((each) => each.id));
  return incentives.filter((each) => (each.kind === 'campaign' ? each.id === campaign.id : rewards.has(each.id)));
}

/** In one line, for a card. */
export function ResultsLine({ program, campaign }: { program: string; campaign: Campaign }) {
  const { t, language } = useCampaignWords();
  const answer = useIncentives(program);
  const incentives = answer.data;
  if (incentives === undefined) {
    // No answer, and no sentence: that nothing was used is a finding. Whoever may not read reports never gets one.
    return answer.isLoading ? (
      <div aria-busy="true">
        <VisuallyHidden>{t('results')}</VisuallyHidden>
        <Skeleton height={36} radius="sm" />
      </div>
    ) : answer.isError ? (
      <Text size="xs" c="dimmed">
        {t('resultsFailed')}
      </Text>
    ) : null;
  }
  const parts = partsOf(campaign, incentives.incentives);
  if (parts.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        {t('noResults')}
      </Text>
    );
  }
  const { orders, sales, cost } = most(parts);
  const { currency } = incentives;
  return (
    <Group gap="lg">
      <Figure value={whole(orders, language)} label={t('orders', { count: orders, n: '' }).trim()} />
      <Figure value={money(sales, currency, language)} label={t('sales')} />
      <Figure value={money(cost, currency, language)} label={t('cost')} />
      {cost === 0 ? null : <Figure value={money(Math.round((sales / cost) * 100), currency, language)} label={t('perCost', { one: money(100, currency, language) })} />}
    </Group>
  );
}

/** An order that used several parts counts once at least: of orders and sales the largest part, of costs the sum. */
function most(parts: Incentive[]): { orders: number; sales: number; cost: number } {
  return {
    orders: Math.max(...parts.map((each) => each.orders)),
    sales: Math.max(...parts.map((each) => each.sales_minor)),
    cost: parts.reduce((sum, each) => sum + each.cost_minor, 0),
  };
}

/** Part by part, each with its orders. */
export function Results({ program, campaign }: { program: string; campaign: Campaign }) {
  const { t, language } = useCampaignWords();
  const names = useNames();
  const may = useMay();
  const incentives = useIncentives(program);
  if (!may('reports:read')) {
    return (
      <Text size="sm" c="dimmed">
        {t('resultsForOthers')}
      </Text>
    );
  }
  return (
    <Loaded query={incentives} rows={2}>
      {({ incentives: all, currency }) => {
        const parts = partsOf(campaign, all);
        const nameOf = (each: Incentive): string => (each.kind === 'campaign' ? t('itsRules') : `${names.reward(each.id)}${each.kind === 'voucher' ? ` (${t('batches')})` : ''}`);
        return parts.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('noResults')}
          </Text>
        ) : (
          <Stack gap="sm">
            <Group gap={4} align="flex-start" wrap="nowrap">
              <ResultsLine program={program} campaign={campaign} />
              <About text={t('resultsAbout')} label={t('results')} size={14} />
            </Group>
            <Table.ScrollContainer minWidth={420} pb={0}>
              <Table verticalSpacing={6} style={{ fontVariantNumeric: 'tabular-nums' }}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('part')}</Table.Th>
                    <Table.Th ta="right">{t('ordersColumn')}</Table.Th>
                    <Table.Th ta="right">{t('salesColumn')}</Table.Th>
                    <Table.Th ta="right">{t('costColumn')}</Table.Th>
                    <Table.Th aria-label={t('show')} />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {parts.map((each) => (
                    <Table.Tr key={`${each.kind} ${each.id} ${each.wallet ?? ''}`}>
                      <Table.Td>{nameOf(each)}</Table.Td>
                      <Table.Td ta="right">{whole(each.orders, language)}</Table.Td>
                      <Table.Td ta="right">{money(each.sales_minor, currency, language)}</Table.Td>
                      <Table.Td ta="right">{money(each.cost_minor, currency, language)}</Table.Td>
                      <Table.Td ta="right">
                        <RowsButton rows={`reports/incentives/orders?kind=${each.kind}&id=${encodeURIComponent(each.id)}`} title={nameOf(each)} currency={currency} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Figure({ value, label }: { value: string; label: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </div>
  );
}
