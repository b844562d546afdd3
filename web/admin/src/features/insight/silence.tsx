// Who fell silent: churn of the period, and how much of each month's newcomers was silent at the end of each month since.
import { Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { dayName, monthName, span } from '@shared/days';
import { RowsButton, SqlButton } from '@shared/figures';
import { share, whole } from '@shared/format';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconZzz } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { useComparingWords } from './comparing.words';
import { Heat } from './heat';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

const PATIENCE = ['2', '3', '4', '6'];

export default function Silence({ program, from, through }: ViewProps) {
  const { t, language } = useComparingWords();
  const { t: of } = useInsightWords();
  const [times, setTimes] = useState('3');
  const currency = useProgram()?.currency ?? 'EUR';
  const report = api.useQuery(
    'get',
    '/v1/programs/{program}/reports/churn',
    { params: { path: { program }, query: { from, through, times: Number(times) } } },
    { placeholderData: keepPreviousData },
  );
  const sql = `reports/tables/sql?table=churn&from=${from}&through=${through}&times=${times}`;
  return (
    <Report
      program={program}
      sql={sql}
      path={`reports/churn?from=${from}&through=${through}&times=${times}`}
      about={t('silenceAbout')}
      file={of('tabs.silence')}
      beside={
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {t('patience')}
          </Text>
          <SegmentedControl size="xs" aria-label={t('patience')} value={times} data={PATIENCE.map((each) => ({ value: each, label: `${each}×` }))} onChange={setTimes} />
        </Group>
      }
    >
      <Loaded query={report} rows={10}>
        {(found) => {
          const some = found.items
            .filter((each) => each.customers.some((count) => count > 0))
            .map((each) => {
              const people = `${found.rows}&cohort=${each.cohort}`;
              return { ...each, size: each.customers.at(-1) ?? 0, people, all: `${people}&of=customers`, months: each.ends.map((end) => `${people}&on=${end}`) };
            });
          return (
            <Stack>
              <Paper withBorder p="md" component="section" aria-label={t('churn')}>
                <Group justify="space-between" align="flex-start">
                  <div>
                    <Text size="sm" c="dimmed">
                      {t('churn')} · {span(found.period.from, found.period.through, language)}
                    </Text>
                    <Text fz={{ base: 22, sm: 26 }} fw={650} lh={1.2}>
                      {share(found.churn_rate, language)}
                    </Text>
                    <Group gap={4} mih={26}>
                      <Text size="sm">{t('lostOf', { lost: whole(found.lost, language), active: whole(found.active_at_start, language) })}</Text>
                      {found.active_at_start === 0 ? null : <RowsButton rows={`${found.rows}&of=customers`} sql={found.sql} title={t('active')} currency={currency} small />}
                    </Group>
                    <Text size="xs" c="dimmed" maw={640} mt={4}>
                      {found.formula}
                      {found.usual_days === null ? '' : ` · ${t('usual', { count: found.usual_days })}`}
                    </Text>
                  </div>
                  <Group gap="xs">
                    <RowsButton rows={found.rows} sql={found.sql} title={t('churn')} currency={currency} />
                    <SqlButton sql={found.sql} title={t('churn')} small />
                  </Group>
                </Group>
              </Paper>
              {some.length === 0 ? (
                <Empty icon={<IconZzz size={40} stroke={1.2} />} title={of('none')} text={of('noneText')} />
              ) : (
                <Heat
                  rows={some}
                  label={of('tabs.silence')}
                  size={t('customers')}
                  currency={currency}
                  sql={sql}
                  cell={(row, month) =>
                    t('silentCell', {
                      cohort: monthName(row.cohort, language),
                      day: dayName(row.ends[month] ?? row.cohort, language),
                      silent: whole(row.silent[month] ?? 0, language),
                      customers: whole(row.customers[month] ?? 0, language),
                    })
                  }
                />
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Report>
  );
}
