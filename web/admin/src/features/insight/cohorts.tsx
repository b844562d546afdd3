// Who came back: a table whose cells are the darker the more of a month's newcomers bought.
import { Paper, ScrollArea } from '@mantine/core';
import { api } from '@api';
import { monthName, monthStart, plusDays } from '@shared/days';
import { RowsButton } from '@shared/figures';
import { share, whole } from '@shared/format';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconCalendarUser } from '@tabler/icons-react';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

/** Cohorts need months: a shorter period is widened to the twelve months before its end. */
function monthsOf({ from, through }: ViewProps) {
  const year = monthStart(through, -11);
  return { from: from < year ? monthStart(from) : year, through };
}

export default function Cohorts(props: ViewProps) {
  const { t, language } = useInsightWords();
  const { program } = props;
  const days = monthsOf(props);
  const currency = useProgram()?.currency ?? 'EUR';
  const report = api.useQuery('get', '/v1/programs/{program}/reports/cohorts', { params: { path: { program }, query: days } });
  return (
    <Report program={program} path={`reports/cohorts?from=${days.from}&through=${days.through}`} about={t('about_cohorts')} file={t('tabs.cohorts')}>
      <Loaded query={report} rows={10}>
        {({ items }) => {
          const some = items.filter((each) => each.members > 0);
          const width = Math.max(...some.map((each) => each.buyers.length), 0);
          return some.length === 0 ? (
            <Empty icon={<IconCalendarUser size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Paper withBorder style={{ overflow: 'hidden' }}>
              <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('tabs.cohorts') }}>
                <table className="cohorts">
                  <thead>
                    <tr>
                      <th scope="col">{t('joined')}</th>
                      <th scope="col">{t('size')}</th>
                      {Array.from({ length: width }, (_, month) => (
                        <th key={month} scope="col" aria-label={t('monthOf', { count: month })}>
                          {month}
                        </th>
                      ))}
                      <th />
                    </tr>
                  </thead>
                  <tbody>
                    {some.map((row) => (
                      <tr key={row.cohort}>
                        <th scope="row">{monthName(row.cohort, language)}</th>
                        <td>{whole(row.members, language)}</td>
                        {Array.from({ length: width }, (_, month) => {
                          const rate = row.rates[month];
                          return rate === undefined ? (
                            <td key={month} />
                          ) : (
                            <td
                              key={month}
                              className="heat"
                              style={{ '--heat': `${Math.round(rate * 70)}%` } as React.CSSProperties}
                              title={t('cell', { cohort: monthName(row.cohort, language), month, buyers: whole(row.buyers[month] ?? 0, language), members: whole(row.members, language) })}
                            >
                              {share(rate, language, 0)}
                            </td>
                          );
                        })}
                        <td>
                          <RowsButton
                            small
                            rows={`reports/cohorts/members?from=${row.cohort}&through=${lastOf(row.cohort, days.through)}`}
                            title={monthName(row.cohort, language)}
                            currency={currency}
                          />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollArea>
            </Paper>
          );
        }}
      </Loaded>
    </Report>
  );
}

/** The last day of a month, or the end of the period in it. */
function lastOf(cohort: string, through: string): string {
  const end = plusDays(monthStart(cohort, 1), -1);
  return end < through ? end : through;
}
