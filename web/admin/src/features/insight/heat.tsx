// A table of months: a row for each month's newcomers, cells the darker the larger the share of them.
import { Paper, ScrollArea } from '@mantine/core';
import { monthName } from '@shared/days';
import { RowsButton, RowsDrawer } from '@shared/figures';
import { share, whole } from '@shared/format';
import { useState } from 'react';
import { useInsightWords } from './words';

export interface HeatRow {
  /** First day of the month they joined in. */
  cohort: string;
  size: number;
  rates: (number | null)[];
  /** Where the people behind the row are read. */
  people: string;
  /** Where those of the second column are. */
  all: string;
  /** Where those of each month's cell are. */
  months: readonly string[];
}

interface HeatProps<Row extends HeatRow> {
  rows: Row[];
  /** What the table is called. */
  label: string;
  /** What the second column counts. */
  size: string;
  currency: string;
  sql: string;
  /** What a cell says in words. */
  cell: (row: Row, month: number) => string;
}

export function Heat<Row extends HeatRow>({ rows, label, size, currency, sql, cell }: HeatProps<Row>) {
  const { t, language } = useInsightWords();
  const months = Array.from({ length: Math.max(...rows.map((each) => each.rates.length), 0) }, (_, month) => month);
  const [shown, setShown] = useState<{ rows: string; title: string }>();
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      {shown === undefined ? null : <RowsDrawer {...shown} sql={sql} currency={currency} onClose={() => setShown(undefined)} />}
      <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <table className="cohorts" aria-label={label}>
          <thead>
            <tr>
              <th scope="col">{t('joined')}</th>
              <th scope="col">{size}</th>
              {months.map((month) => (
                <th key={month} scope="col" aria-label={t('monthOf', { count: month })}>
                  {month}
                </th>
              ))}
              <th />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.cohort}>
                <th scope="row">{monthName(row.cohort, language)}</th>
                <td>
                  <button type="button" aria-label={`${size}, ${monthName(row.cohort, language)}: ${whole(row.size, language)}`} onClick={() => setShown({ rows: row.all, title: `${monthName(row.cohort, language)}, ${size.toLowerCase()}` })}>
                    {whole(row.size, language)}
                  </button>
                </td>
                {months.map((month) => {
                  const rate = row.rates[month] ?? null;
                  return rate === null ? (
                    <td key={month} />
                  ) : (
                    <td key={month} className="heat" style={{ '--heat': `${Math.round(rate * 70)}%` } as React.CSSProperties} title={cell(row, month)}>
                      <button type="button" aria-label={cell(row, month)} onClick={() => setShown({ rows: row.months[month] ?? row.people, title: cell(row, month) })}>
                        {share(rate, language, 0)}
                      </button>
                    </td>
                  );
                })}
                <td>
                  <RowsButton small rows={row.people} sql={sql} title={monthName(row.cohort, language)} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </Paper>
  );
}
