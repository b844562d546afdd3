// What others have, beside our figures: ours and theirs as bars, the gap, what closing it is worth, and where theirs is from.
import { ActionIcon, Badge, Box, Button, Group, Paper, Stack, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Grid } from '@shared/grid';
import { Confirm } from '@shared/confirm';
import { span } from '@shared/days';
import { RowsButton, SqlButton, useFigureName, valued } from '@shared/figures';
import { money, share, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { PeriodPicker, periodOf } from '@shared/period';
import { useMay, useProgram } from '@shared/session';
import { About, Empty, Loaded } from '@shared/ui';
import { IconPencil, IconScale, IconTrash, IconUpload } from '@tabler/icons-react';
import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useComparingWords } from './comparing.words';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

const BenchmarkForm = lazy(() => import('./benchmark-form'));
const BenchmarkFile = lazy(() => import('./benchmark-file'));
export type Benchmark = Schemas['BenchmarkOut'];
const LIST = ['get', '/v1/programs/{program}/reports/benchmarks'] as const;
const COLOURS = { better: 'green', worse: 'orange', same: 'gray' } as const;
type Doing = 'add' | 'import' | { edit: Benchmark } | { remove: Benchmark };

export default function Benchmarks({ program }: ViewProps) {
  const { t, language } = useComparingWords();
  const { t: of } = useInsightWords();
  const names = useNames();
  const nameOf = useFigureName();
  const may = useMay();
  const card = useProgram();
  const queries = useQueryClient();
  const [days, setDays] = useState<{ from: string; through: string }>();
  const [doing, setDoing] = useState<Doing>();
  const report = api.useQuery(
    'get',
    '/v1/programs/{program}/reports/benchmarks',
    { params: { path: { program }, ...(days === undefined ? {} : { query: days }) } },
    { placeholderData: keepPreviousData },
  );
  const again = () => {
    setDoing(undefined);
    void queries.invalidateQueries({ queryKey: LIST });
  };
  const drop = api.useMutation('delete', '/v1/programs/{program}/reports/benchmarks/{benchmark_id}', {
    onSuccess: () => {
      again();
      notifications.show({ message: t('removed') });
    },
  });
  const writes = may('program:write');
  const add = writes ? (
    <>
      <Button size="xs" variant="default" leftSection={<IconUpload size={14} />} onClick={() => setDoing('import')}>
        {t('importFile')}
      </Button>
      <Button size="xs" onClick={() => setDoing('add')}>
        {t('add')}
      </Button>
    </>
  ) : null;
  const query = days === undefined ? '' : `?from=${days.from}&through=${days.through}`;
  return (
    <Report program={program} path={`reports/benchmarks${query}`} about={t('benchmarksAbout')} file={of('tabs.benchmarks')} beside={add}>
      <Loaded query={report} rows={6}>
        {(found) => (
          <Stack>
            <Group justify="space-between">
              <Text size="sm" fw={500}>
                {days === undefined ? `${t('months')}: ` : ''}
                {span(found.period.from, found.period.through, language)}
              </Text>
              <Group gap="xs">
                {days === undefined ? null : (
                  <Button size="compact-sm" variant="subtle" onClick={() => setDays(undefined)}>
                    {t('months')}
                  </Button>
                )}
                <PeriodPicker filter={found.period} onChange={(filter) => setDays(periodOf(filter, card))} />
              </Group>
            </Group>
            {found.items.length === 0 ? (
              <Paper withBorder>
                <Empty icon={<IconScale size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} action={writes ? <Button onClick={() => setDoing('add')}>{t('add')}</Button> : undefined} />
              </Paper>
            ) : (
              <Grid
                label={of('tabs.benchmarks')}
                rows={found.items}
                id={(row) => row.id}
                columns={[
                  {
                    title: t('figure'),
                    cell: (row) => (
                      <Box miw={150}>
                        <Group gap={2} wrap="nowrap">
                          <Text size="sm" fw={500}>
                            {nameOf(row.metric, row.wallet)}
                          </Text>
                          <About text={row.formula} label={`${nameOf(row.metric, row.wallet)}: ${row.label}`} size={14} />
                        </Group>
                        <Text size="xs" c="dimmed">
                          {row.label}
                        </Text>
                      </Box>
                    ),
                  },
                  { title: `${t('yours')} / ${t('theirs')}`, cell: (row) => <Bars row={row} ours={valued(row.ours, row, found.currency, names, language)} theirs={valued(row.value, row, found.currency, names, language)} /> },
                  {
                    title: t('gap'),
                    number: true,
                    cell: (row) => (
                      <>
                        <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
                          {gapOf(row, found.currency)}
                        </Text>
                        {row.verdict === null ? null : (
                          <Badge variant="light" color={COLOURS[row.verdict]} tt="none">
                            {t(row.verdict)}
                          </Badge>
                        )}
                      </>
                    ),
                  },
                  {
                    title: t('closing'),
                    cell: (row) =>
                      row.worth === null ? (
                        <Text size="sm" c="dimmed">
                          –
                        </Text>
                      ) : (
                        <Group gap={2} wrap="nowrap" align="flex-start">
                          <div>
                            <Text size="sm">{t('worth', { sales: money(row.worth.sales_minor, found.currency, language) })}</Text>
                            {row.worth.orders === null ? null : (
                              <Text size="xs" c="dimmed">
                                {t('worthOrders', { orders: whole(Math.round(row.worth.orders), language) })}
                              </Text>
                            )}
                          </div>
                          <About text={row.worth.formula} label={`${t('worthText')}: ${nameOf(row.metric, row.wallet)}, ${row.label}`} size={14} />
                        </Group>
                      ),
                  },
                  {
                    title: t('source'),
                    cell: (row) => (
                      <Box miw={180} maw={260}>
                        <Text size="sm">{t('sourceYear', { source: row.source, year: row.year })}</Text>
                        <Text size="xs" c="dimmed">
                          {[row.sample_size === null ? '' : t('sample', { count: row.sample_size } as never), row.definition].filter(Boolean).join(' · ')}
                        </Text>
                      </Box>
                    ),
                  },
                  {
                    title: '',
                    cell: (row) => (
                      <Group gap={2} wrap="nowrap" justify="flex-end">
                        {row.sql === null ? null : row.rows === null ? (
                          <SqlButton small sql={row.sql} title={nameOf(row.metric, row.wallet)} />
                        ) : (
                          <RowsButton small rows={row.rows} sql={row.sql} title={nameOf(row.metric, row.wallet)} currency={found.currency} />
                        )}
                        {writes ? (
                          <>
                          <Tooltip label={t('edit')}>
                            <ActionIcon variant="subtle" color="gray" aria-label={`${t('edit')}: ${nameOf(row.metric, row.wallet)}, ${row.label}`} onClick={() => setDoing({ edit: row })}>
                              <IconPencil size={16} />
                            </ActionIcon>
                          </Tooltip>
                          <Tooltip label={t('remove')}>
                            <ActionIcon variant="subtle" color="gray" aria-label={`${t('remove')}: ${nameOf(row.metric, row.wallet)}, ${row.label}`} onClick={() => setDoing({ remove: row })}>
                              <IconTrash size={16} />
                            </ActionIcon>
                          </Tooltip>
                          </>
                        ) : null}
                      </Group>
                    ),
                  },
                ]}
              />
            )}
            <Suspense>
              {doing === 'add' || (typeof doing === 'object' && 'edit' in doing) ? (
                <BenchmarkForm program={program} found={found} benchmark={typeof doing === 'object' ? doing.edit : undefined} onClose={() => setDoing(undefined)} onDone={again} />
              ) : null}
              {doing === 'import' ? <BenchmarkFile program={program} onClose={() => setDoing(undefined)} onDone={again} /> : null}
            </Suspense>
            {typeof doing === 'object' && 'remove' in doing ? (
              <Confirm
                opened
                danger
                title={t('removeTitle')}
                verb={t('remove')}
                busy={drop.isPending}
                failure={drop.error}
                onConfirm={() => drop.mutate({ params: { path: { program, benchmark_id: doing.remove.id } } })}
                onClose={() => setDoing(undefined)}
              >
                <Text size="sm">{t('removeText', { label: doing.remove.label, figure: nameOf(doing.remove.metric, doing.remove.wallet) })}</Text>
              </Confirm>
            ) : null}
          </Stack>
        )}
      </Loaded>
    </Report>
  );

  function gapOf(row: Benchmark, currency: string): string {
    if (row.gap === null) {
      return '–';
    }
    const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero', maximumFractionDigits: 1 });
    const gap = row.unit === 'rate' ? t('points', { change: signed.format(row.gap * 100) }) : `${row.gap > 0 ? '+' : ''}${valued(row.gap, row, currency, names, language)}`;
    return row.gap_share === null ? gap : `${gap} (${row.gap_share > 0 ? '+' : ''}${share(row.gap_share, language)})`;
  }
}

/** Ours above theirs, to one scale. */
function Bars({ row, ours, theirs }: { row: Benchmark; ours: string; theirs: string }) {
  const { t } = useComparingWords();
  const most = Math.max(Math.abs(row.ours ?? 0), Math.abs(row.value), 1e-9);
  const bars = [
    { name: t('yours'), value: Math.abs(row.ours ?? 0), text: ours, color: 'var(--mantine-primary-color-filled)' },
    { name: t('theirs'), value: Math.abs(row.value), text: theirs, color: 'var(--mantine-color-gray-5)' },
  ];
  return (
    <Stack gap={4} miw={200}>
      {bars.map((each) => (
        <Group key={each.name} gap={8} wrap="nowrap">
          <Box w={90} h={8} style={{ background: 'var(--mantine-color-default-border)', borderRadius: 4, overflow: 'hidden' }} aria-hidden>
            <Box h={8} style={{ width: `${(100 * each.value) / most}%`, background: each.color }} />
          </Box>
          <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
            <b>{each.text}</b> {each.name.toLowerCase()}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
