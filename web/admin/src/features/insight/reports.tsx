// Reports of weeks, months and quarters: which are made by themselves, and those there are.
import { ActionIcon, Anchor, Badge, Button, Group, Paper, Select, Stack, Switch, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { dayName, span } from '@shared/days';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Loaded } from '@shared/ui';
import { IconFileAnalytics, IconLink, IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useComparingWords } from './comparing.words';
import type { ViewProps } from './page';
import { useInsightWords } from './words';

const MakeReport = lazy(() => import('./report-form'));
type Report = Schemas['ReportOut'];
type Every = Report['every'];
const EVERY: readonly Every[] = ['week', 'month', 'quarter'];
const COLOURS = { waiting: 'yellow', done: 'teal', failed: 'red' } as const;
const WHILE_WORKING = 1500;

export default function Reports({ program }: ViewProps) {
  const { t, language } = useComparingWords();
  const { t: of } = useInsightWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const path = { path: { program } };
  const made = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/reports/made',
    { params: path },
    { ...paged, refetchInterval: ({ state }) => (state.data?.pages.some((page) => page?.items.some((each) => each.state === 'waiting')) ? WHILE_WORKING : false) },
  );
  const again = () => {
    setMaking(false);
    notifications.show({ message: t('asked') });
    void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/reports/made'] });
  };
  const make = api.useMutation('post', '/v1/programs/{program}/reports/made', { onSuccess: again });
  const link = api.useMutation('post', '/v1/programs/{program}/reports/made/{report_id}/link', {
    onSuccess: (found) => {
      void navigator.clipboard.writeText(`${window.location.origin}${found.url}`);
      notifications.show({ message: t('linkText', { when: moment(found.until, zone, language) }) });
    },
  });
  const nameOf = (row: Report) => `${t(`kinds.${row.every}`)}: ${span(row.from, row.through, language)}`;
  const file = (row: Report, format: string, show: string) => `/v1/programs/${program}/reports/made/${row.id}/file?format=${format}&show=${show}`;
  const now = (
    <Button size="xs" onClick={() => setMaking(true)}>
      {t('makeNow')}
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={640}>
          {t('reportsAbout')}
        </Text>
        {now}
      </Group>
      <Schedule program={program} />
      {(make.error ?? link.error) ? <Failure failure={make.error ?? link.error} writing /> : null}
      <Rows
        label={of('tabs.reports')}
        query={made}
        id={(row) => row.id}
        empty={
          <Paper withBorder>
            <Empty icon={<IconFileAnalytics size={40} stroke={1.2} />} title={t('noReports')} text={t('noReportsText')} action={now} />
          </Paper>
        }
        columns={[
          {
            accessor: 'name',
            title: t('report'),
            render: (row) => (
              <Stack gap={2}>
                {row.formats.includes('pdf') ? (
                  <Anchor href={file(row, 'pdf', 'inline')} target="_blank" size="sm" fw={500}>
                    {nameOf(row)}
                  </Anchor>
                ) : (
                  <Text size="sm" fw={500}>
                    {nameOf(row)}
                  </Text>
                )}
                <Text size="xs" c="dimmed">
                  {t(row.by_itself ? 'byItself' : 'byHand')} · {moment(row.made_at ?? row.asked_at, zone, language)} · {t(row.language)}
                </Text>
              </Stack>
            ),
          },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Stack gap={2} align="flex-start">
                <Badge variant="light" color={COLOURS[row.state]} tt="none">
                  {t(`states.${row.state}`)}
                </Badge>
                {row.error === null ? null : (
                  <Text size="xs" c="dimmed">
                    {row.error.text}
                  </Text>
                )}
              </Stack>
            ),
          },
          {
            accessor: 'files',
            title: t('files'),
            render: (row) =>
              row.state === 'done' && row.formats.length === 0 ? (
                <Text size="xs" c="dimmed">
                  {t('gone')}
                </Text>
              ) : (
                <Group gap="xs" wrap="nowrap">
                  {(['pdf', 'xlsx', 'csv'] as const)
                    .filter((each) => row.formats.includes(each))
                    .map((each) => (
                      <Anchor key={each} href={file(row, each, 'attachment')} download size="sm" aria-label={`${t('download', { format: each.toUpperCase() })}: ${nameOf(row)}`}>
                        {each.toUpperCase()}
                      </Anchor>
                    ))}
                </Group>
              ),
          },
          {
            accessor: 'actions',
            title: ' ',
            textAlign: 'right',
            render: (row) => (
              <Group gap={4} justify="flex-end" wrap="nowrap">
                {row.formats.includes('pdf') ? (
                  <Tooltip label={t('link')}>
                    <ActionIcon variant="subtle" color="gray" aria-label={`${t('link')}: ${nameOf(row)}`} onClick={() => link.mutate({ params: { path: { program, report_id: row.id } } })}>
                      <IconLink size={18} />
                    </ActionIcon>
                  </Tooltip>
                ) : null}
                <Tooltip label={t('again')}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    disabled={row.state === 'waiting'}
                    aria-label={`${t('again')}: ${nameOf(row)}`}
                    onClick={() => make.mutate({ params: path, body: { every: row.every, day: row.from, language: row.language } })}
                  >
                    <IconRefresh size={18} />
                  </ActionIcon>
                </Tooltip>
              </Group>
            ),
          },
        ]}
      />
      {making ? (
        <Suspense>
          <MakeReport busy={make.isPending} failure={make.error} onMake={(body) => make.mutate({ params: path, body })} onClose={() => setMaking(false)} />
        </Suspense>
      ) : null}
    </Stack>
  );
}

function Schedule({ program }: { program: string }) {
  const { t, language } = useComparingWords();
  const may = useMay();
  const queries = useQueryClient();
  const params = { path: { program } };
  const schedule = api.useQuery('get', '/v1/programs/{program}/reports/schedule', { params });
  const set = api.useMutation('put', '/v1/programs/{program}/reports/schedule', {
    onSuccess: () => {
      notifications.show({ message: t('saved') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/reports/schedule'] });
    },
  });
  return (
    <Paper withBorder p="md" component="section" aria-label={t('schedule')}>
      <Loaded query={schedule} rows={2}>
        {(found) => (
          <Stack gap="sm">
            <div>
              <Text component="h2" fw={600} size="sm">
                {t('schedule')}
              </Text>
              <Text size="xs" c="dimmed">
                {t('scheduleText')}
              </Text>
            </div>
            <Group gap="xl" align="flex-start">
              {EVERY.map((each) => {
                const at = found.every.indexOf(each);
                const next = found.following[at];
                return (
                  <Switch
                    key={each}
                    label={t(each)}
                    description={at < 0 || next === undefined ? undefined : t('next', { day: dayName(next, language) })}
                    checked={at >= 0}
                    disabled={!may('program:write') || set.isPending}
                    onChange={(event) => {
                      const every = event.currentTarget.checked ? [...found.every, each] : found.every.filter((one) => one !== each);
                      set.mutate({ params, body: { every, language: found.language } });
                    }}
                  />
                );
              })}
              <Select
                label={t('language')}
                allowDeselect={false}
                w={140}
                disabled={!may('program:write') || set.isPending}
                data={(['en', 'es'] as const).map((each) => ({ value: each, label: t(each) }))}
                value={found.language}
                onChange={(value) => set.mutate({ params, body: { every: found.every, language: value === 'es' ? 'es' : 'en' } })}
              />
            </Group>
            {set.error ? <Failure failure={set.error} writing /> : null}
          </Stack>
        )}
      </Loaded>
    </Paper>
  );
}
