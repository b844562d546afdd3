import { SimpleGrid, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { span } from '@shared/days';
import { FigureCard, FigureList, type Figure } from '@shared/figures';
import { useNames } from '@shared/names';
import { PeriodPicker, periodOf } from '@shared/period';
import { usePeriodWords } from '@shared/period.words';
import { SeriesCard } from '@shared/series';
import { useProgram } from '@shared/session';
import { Loaded, Page } from '@shared/ui';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Advice, Alerts } from './alerts';
import { Goals } from './goals';
import { LaunchCard } from './launch-card';
import { useHomeWords } from './words';

const HERE = '/signed-in/p/$program/';
const PEOPLE = ['new_members', 'active_rate', 'participation_rate', 'purchase_frequency'];
const SALES = ['orders', 'average_order', 'member_average_order', 'guest_average_order'];
const INCENTIVES = ['influenced_sales', 'incentive_cost', 'incentive_roi'];

/** How the program is doing. */
export function HomePage() {
  const { t, language } = useHomeWords();
  const said = usePeriodWords();
  const { program } = useParams({ from: HERE });
  const filter = useSearch({ from: HERE });
  const navigate = useNavigate({ from: '/p/$program/' });
  const card = useProgram();
  const period = periodOf(filter, card);
  const home = api.useQuery('get', '/v1/programs/{program}/reports/home', { params: { path: { program }, query: period } }, { placeholderData: keepPreviousData });
  return (
    <Page
      title={t('title')}
      about={t('about')}
      guide="reports"
      actions={<PeriodPicker filter={filter} onChange={(search) => void navigate({ search, replace: true, resetScroll: false })} />}
    >
      <Loaded query={home} rows={8}>
        {(found) => (
          <Stack gap="lg" style={{ opacity: home.isPlaceholderData ? 0.6 : 1 }} aria-busy={home.isPlaceholderData}>
            <Text size="sm" c="dimmed" mt={-12}>
              {said.t('compared', {
                period: span(found.period.from, found.period.through, language),
                compared: span(found.compared.from, found.compared.through, language),
              })}
            </Text>
            <Alerts alerts={found.alerts} />
            <Figures found={found} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Figures({ found }: { found: Schemas['HomeOut'] }) {
  const { t } = useHomeWords();
  const names = useNames();
  const { figures, currency, series } = found;
  const wallets = [...new Set(figures.flatMap((each) => each.wallet ?? []))].filter((each) => !names.isQualifying(each));
  const first = wallets[0];
  const pick = (ids: readonly string[], wallet: string | null = null) => ids.flatMap((id) => figures.filter((each) => each.id === id && each.wallet === wallet));
  const large: Figure[] = [...pick(['members', 'sales', 'repeat_purchase_rate']), ...(first === undefined ? [] : pick(['redemption_rate_period'], first))];
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
        {large.map((each) => (
          <FigureCard key={`${each.id} ${each.wallet ?? ''}`} figure={each} currency={currency} />
        ))}
      </SimpleGrid>
      <div className="wide-narrow">
        <div>
          <Stack gap="md">
            <SeriesCard title={t('salesChart')} series={series} of={[{ figure: 'member_sales' }, { figure: 'guest_sales' }]} kind="stacked" />
            {first === undefined ? null : (
              <SeriesCard
                title={t('unitsChart', { wallet: names.wallet(first) })}
                series={series}
                of={[
                  { figure: 'earned', wallet: first },
                  { figure: 'spent', wallet: first },
                  { figure: 'expired', wallet: first },
                ]}
              />
            )}
          </Stack>
        </div>
        <div>
          <Stack gap="md">
            <LaunchCard />
            <Goals goals={found.goals} currency={currency} />
            <Advice items={found.recommendations} />
          </Stack>
        </div>
      </div>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <FigureList title={t('people')} figures={pick(PEOPLE)} currency={currency} />
        <FigureList title={t('sales')} figures={pick(SALES)} currency={currency} />
        {wallets.map((wallet) => (
          <FigureList
            key={wallet}
            title={names.wallet(wallet)}
            within
            figures={figures.filter((each) => each.wallet === wallet)}
            currency={currency}
          />
        ))}
        <FigureList title={t('incentives')} figures={pick(INCENTIVES)} currency={currency} />
      </SimpleGrid>
    </>
  );
}
