import { SimpleGrid, Stack } from '@mantine/core';
import { api, type Schemas } from '@api';
import { FigureList, RowsButton } from '@shared/figures';
import { money, whole } from '@shared/format';
import { Grid } from '@shared/grid';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { Loaded } from '@shared/ui';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

const ENDING = ['ending_soon', 'ending_soon_rate', 'breakage_rate', 'redemption_rate_lifetime', 'expired', 'liability'];

export default function Liability({ program, from, through }: ViewProps) {
  const { t, language } = useInsightWords();
  const names = useNames();
  const currency = useProgram()?.currency ?? 'EUR';
  const path = { path: { program } };
  const report = api.useQuery('get', '/v1/programs/{program}/reports/liability', { params: path });
  const kpis = api.useQuery('get', '/v1/programs/{program}/reports/kpis', { params: { ...path, query: { from, through, compare: 'previous' } } });
  const cards = api.useQuery('get', '/v1/programs/{program}/reports/gift-cards', { params: path });
  const units = (row: Schemas['LiabilityOut'], value: number) => (names.isMoney(row.wallet) ? money(value, row.currency ?? currency, language) : whole(value, language));
  const cell = (key: 'available' | 'pending' | 'held' | 'debt') => ({ title: t(key), number: true, cell: (row: Schemas['LiabilityOut']) => units(row, row[key]) });
  return (
    <Report program={program} path="reports/liability" sql="reports/tables/sql?table=liability" about={t('about_liability')} file={t('tabs.liability')}>
      <Loaded query={report}>
        {(rows) => (
          <Stack>
            <Grid
              label={t('tabs.liability')}
              rows={rows.filter((each) => !names.isQualifying(each.wallet))}
              id={(row) => row.wallet}
              columns={[
                { title: t('wallet'), cell: (row) => names.wallet(row.wallet) },
                cell('available'),
                cell('pending'),
                cell('held'),
                cell('debt'),
                { title: t('cost'), number: true, cell: (row) => <b>{money(row.cost_minor, row.currency ?? currency, language)}</b> },
                { title: '', cell: (row) => <RowsButton small rows={`reports/kpis/holders?wallet=${row.wallet}`} sql={`reports/kpis/sql?figure=liability&wallet=${row.wallet}`} title={names.wallet(row.wallet)} currency={currency} /> },
              ]}
            />
            {cards.data === undefined || cards.data.length === 0 ? null : (
              <>
                <Report program={program} path="reports/gift-cards" sql="reports/tables/sql?table=gift_cards" title={t('cards')} about={t('about_cards')} file={t('cards')}>
                <Grid
                  label={t('cards')}
                  rows={cards.data}
                  id={(row) => `${row.currency} ${row.origin} ${row.wallet ?? ''}`}
                  columns={[
                    { title: t('wallet'), cell: (row) => [row.wallet === null ? t('batchCodes') : names.wallet(row.wallet), row.origin === 'paid_in' ? t('sold') : t('granted')].join(' · ') },
                    { title: t('cardCount'), number: true, cell: (row) => whole(row.cards, language) },
                    { title: t('left'), number: true, cell: (row) => money(row.left, row.currency, language) },
                    { title: t('cost'), number: true, cell: (row) => <b>{money(row.cost_minor, row.currency, language)}</b> },
                    {
                      title: '',
                      cell: (row) => (
                        <RowsButton
                          small
                          rows={`reports/gift-cards/cards?currency=${row.currency}&origin=${row.origin}${row.wallet === null ? '' : `&wallet=${row.wallet}`}`}
                          title={`${t('cards')}: ${row.origin === 'paid_in' ? t('sold') : t('granted')}`}
                          currency={row.currency}
                          sql="reports/tables/sql?table=gift_cards"
                        />
                      ),
                    },
                  ]}
                />
                </Report>
              </>
            )}
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {rows
                .filter((each) => !names.isQualifying(each.wallet))
                .map((each) => (
                  <FigureList
                    key={each.wallet}
                    title={`${names.wallet(each.wallet)}: ${t('breakage').toLowerCase()}`}
                    within
                    figures={(kpis.data?.figures ?? []).filter((figure) => figure.wallet === each.wallet && ENDING.includes(figure.id))}
                    currency={currency}
                  />
                ))}
            </SimpleGrid>
          </Stack>
        )}
      </Loaded>
    </Report>
  );
}
