// Who came back: a table whose cells are the darker the more of a month's newcomers bought.
import { api } from '@api';
import { monthName, monthStart, plusDays } from '@shared/days';
import { whole } from '@shared/format';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconCalendarUser } from '@tabler/icons-react';
import { Heat } from './heat';
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
  const sql = `reports/tables/sql?table=cohorts&from=${days.from}&through=${days.through}`;
  return (
    <Report program={program} sql={sql} path={`reports/cohorts?from=${days.from}&through=${days.through}`} about={t('about_cohorts')} file={t('tabs.cohorts')}>
      <Loaded query={report} rows={10}>
        {({ items }) => {
          const some = items
            .filter((each) => each.members > 0)
            .map((each) => {
              const people = `reports/cohorts/members?from=${each.cohort}&through=${lastOf(each.cohort, days.through)}`;
              return { ...each, size: each.members, people, all: people, months: each.rates.map((_, month) => `${people}&month=${month}`) };
            });
          return some.length === 0 ? (
            <Empty icon={<IconCalendarUser size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Heat
              rows={some}
              label={t('tabs.cohorts')}
              size={t('size')}
              currency={currency}
              sql={sql}
              cell={(row, month) =>
                t('cell', { cohort: monthName(row.cohort, language), month, buyers: whole(row.buyers[month] ?? 0, language), members: whole(row.members, language) })
              }
            />
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
