import { Badge, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import Chart from '@shared/charts';
import { dayName, shortDay, span } from '@shared/days';
import { RowsButton } from '@shared/figures';
import { money, whole } from '@shared/format';
import { Grid } from '@shared/grid';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconCoins } from '@tabler/icons-react';
import { useState } from 'react';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

type Budget = Schemas['BurnDownOut'];
const MONEY = new Set(['value', 'discount']);
const MEASURES = new Set(['points', 'value', 'times', 'discount', 'stock']);

export default function Budgets({ program }: ViewProps) {
  const { t, language } = useInsightWords();
  const names = useNames();
  const [shown, setShown] = useState<Budget>();
  const currency = useProgram()?.currency ?? 'EUR';
  const report = api.useQuery('get', '/v1/programs/{program}/reports/budgets', { params: { path: { program } } });
  const units = (row: Budget, value: number) => (MONEY.has(row.measure) ? money(value, currency, language) : whole(value, language));
  const measure = (row: Budget) => (MEASURES.has(row.measure) ? t(`measures.${row.measure}` as 'measures.points') : names.wallet(row.measure));
  return (
    <Report program={program} path="reports/budgets" sql="reports/tables/sql?table=budgets" about={t('about_budgets')} file={t('tabs.budgets')}>
      <Loaded query={report} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconCoins size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Stack>
              {shown === undefined ? null : <Burning program={program} budget={shown} name={names.budget(shown.budget)} units={(value) => units(shown, value)} />}
              <Grid
                label={t('tabs.budgets')}
                rows={items}
                id={(row) => `${row.budget} ${row.measure}`}
                columns={[
                  {
                    title: t('budget'),
                    cell: (row) => (
                      <>
                        <Text size="sm" fw={500}>
                          {names.budget(row.budget)}
                        </Text>
                        <Text size="xs" c="dimmed">
                          {measure(row)}
                        </Text>
                      </>
                    ),
                  },
                  {
                    title: t('usedUp'),
                    cell: (row) => (
                      <>
                        <Progress value={row.share} color={row.share >= 90 ? 'red' : row.share >= 70 ? 'orange' : 'puntal'} w={140} aria-label={`${names.budget(row.budget)}: ${row.share} %`} />
                        <Text size="xs" c="dimmed" mt={2}>
                          {`${units(row, row.used)} / ${units(row, row.most)}`}
                        </Text>
                      </>
                    ),
                  },
                  { title: t('leftOver'), number: true, cell: (row) => units(row, row.left) },
                  { title: t('until'), cell: (row) => (row.period_from === null || row.period_through === null ? t('always') : span(row.period_from, row.period_through, language)) },
                  {
                    title: t('runsOut'),
                    cell: (row) =>
                      row.runs_out_on === null ? (
                        <Text size="sm" c="dimmed">
                          {t('notBefore')}
                        </Text>
                      ) : (
                        <Badge variant="light" color="orange" tt="none">
                          {dayName(row.runs_out_on, language)}
                        </Badge>
                      ),
                  },
                  {
                    title: '',
                    cell: (row) => (
                      <Group gap={4} wrap="nowrap" justify="flex-end">
                        <RowsButton small rows={row.rows} sql="reports/tables/sql?table=budgets" title={names.budget(row.budget)} currency={currency} />
                        <Button size="compact-xs" variant="subtle" onClick={() => setShown(row)} aria-label={`${t('show')}: ${names.budget(row.budget)}`}>
                          {t('show')}
                        </Button>
                      </Group>
                    ),
                  },
                ]}
              />
            </Stack>
          )
        }
      </Loaded>
    </Report>
  );
}

function Burning({ program, budget, name, units }: { program: string; budget: Budget; name: string; units: (value: number) => string }) {
  const { t, language } = useInsightWords();
  const of = String(new URLSearchParams({ budget: budget.budget, measure: budget.measure }));
  const series = api.useQuery('get', '/v1/programs/{program}/reports/budgets/series', {
    params: { path: { program }, query: { budget: budget.budget, measure: budget.measure } },
  });
  return (
    <Paper withBorder p="md">
      <Report
        program={program}
        path={`reports/budgets/series?${of}`}
        sql={`reports/tables/sql?table=budget_days&${of}`}
        title={name}
        {...(budget.runs_out_on === null ? {} : { about: t('forecast', { day: dayName(budget.runs_out_on, language) }) })}
        file={name}
      >
      <Loaded query={series} rows={5}>
        {({ points }) => (
          <Chart
            label={`${name}: ${t('burn')}`}
            data={points.map((each) => ({ day: shortDay(each.day, language), used: each.used, most: budget.most }))}
            lines={[
              { name: 'used', label: t('burn'), color: 'puntal.7' },
              { name: 'most', label: t('budget'), color: 'gray.5' },
            ]}
            format={units}
          />
        )}
      </Loaded>
      </Report>
    </Paper>
  );
}
