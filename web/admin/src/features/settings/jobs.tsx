// Long work of every kind in one list: what goes on, what came of it, and where to look at it.
import { Anchor, Badge, Button, Group, Progress, SegmentedControl, Stack, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, http, type Schemas } from '@api';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Page } from '@shared/ui';
import { IconListCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useSettingsWords } from './words';

type Job = Schemas['JobOut'];

const COLOURS = { waiting: 'yellow', running: 'puntal', done: 'teal', failed: 'red', cancelled: 'gray' } as const;
const WHILE_WORKING = 2000;
/** What it takes to give each up; codes of a batch are ended at the batch itself. */
const CANCELS = { simulation: 'program:write', export: 'reports:read', import_events: 'imports:write', import_members: 'members:write' } as const;

function isWorking(job: Job): boolean {
  return job.state === 'waiting' || job.state === 'running';
}

export function JobsPage() {
  const { t, language } = useSettingsWords();
  const { program } = useParams({ from: '/signed-in/p/$program/settings/jobs' });
  const { active } = useSearch({ from: '/signed-in/p/$program/settings/jobs' });
  const navigate = useNavigate({ from: '/p/$program/settings/jobs' });
  const zone = useProgram()?.timezone ?? 'UTC';
  const jobs = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/jobs',
    { params: { path: { program }, query: active === true ? { active: true } : {} } },
    { ...paged, refetchInterval: ({ state }) => (state.data?.pages.some((page) => page?.items.some(isWorking)) ? WHILE_WORKING : false) },
  );
  const cancel = useCancel(program);
  return (
    <Page title={t('jobs')} about={t('jobsAbout')} guide="exports">
      <SegmentedControl
        aria-label={t('state')}
        value={active === true ? 'active' : 'all'}
        onChange={(value) => void navigate({ search: value === 'active' ? { active: true } : {}, replace: true })}
        data={[
          { value: 'all', label: t('allOfThem') },
          { value: 'active', label: t('underWay') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {cancel.error ? <Failure failure={cancel.error} writing /> : null}
      <Rows
        label={t('jobs')}
        query={jobs}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'text',
            title: t('what'),
            render: (row) => (
              <Stack gap={0}>
                <Way program={program} job={row} />
                <Text size="xs" c="dimmed" fw={400}>
                  {t('askedBy', { name: row.asked_by_name ?? t('system'), when: moment(row.asked_at, zone, language) })}
                </Text>
              </Stack>
            ),
          },
          { accessor: 'state', title: t('state'), render: (row) => <State job={row} /> },
          { accessor: 'summary', title: t('result'), render: (row) => row.summary ?? '–' },
          { accessor: 'ended_at', title: t('endedAt'), render: (row) => (row.ended_at === null ? '–' : moment(row.ended_at, zone, language)) },
          {
            accessor: 'actions',
            title: <VisuallyHidden>{t('actions')}</VisuallyHidden>,
            textAlign: 'right',
            render: (row) => <Act program={program} job={row} busy={cancel.isPending && cancel.variables.id === row.id} onCancel={() => cancel.mutate(row)} />,
          },
        ]}
        empty={<Empty icon={<IconListCheck size={40} stroke={1.2} />} title={active === true ? t('noJobsNow') : t('noJobs')} text={t('noJobsText')} />}
      />
    </Page>
  );
}

function useCancel(program: string) {
  const { t } = useSettingsWords();
  const queries = useQueryClient();
  return useMutation<unknown, unknown, Job>({
    mutationFn: async ({ kind, id }) => {
      const path = { program, export_id: id, simulation_id: id, import_id: id };
      const answer =
        kind === 'export'
          ? await http.POST('/v1/programs/{program}/exports/{export_id}/cancel', { params: { path } })
          : kind === 'simulation'
            ? await http.POST('/v1/programs/{program}/program/simulations/{simulation_id}/cancel', { params: { path } })
            : await http.POST('/v1/programs/{program}/imports/{import_id}/cancel', { params: { path } });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: () => {
      notifications.show({ message: t('jobCancelled') });
      void queries.invalidateQueries({ predicate: ({ queryKey }) => /jobs|exports|simulations|imports/.test(String(queryKey[1])) });
    },
  });
}

/** What it is, leading to where it is looked at. */
function Way({ program, job }: { program: string; job: Job }) {
  const text = (
    <Text size="sm" fw={500} component="span">
      {job.text}
    </Text>
  );
  switch (job.kind) {
    case 'export':
      return <Anchor renderRoot={(props) => <Link to="/p/$program/settings/exports" params={{ program }} {...props} />}>{text}</Anchor>;
    case 'voucher_batch':
      return <Anchor renderRoot={(props) => <Link to="/p/$program/rewards" params={{ program }} search={{ view: 'vouchers', batch: job.id }} {...props} />}>{text}</Anchor>;
    case 'simulation':
      return <Anchor renderRoot={(props) => <Link to="/p/$program/program" params={{ program }} search={{ view: 'publish', simulation: job.id }} {...props} />}>{text}</Anchor>;
    case 'import_members':
      return <Anchor renderRoot={(props) => <Link to="/p/$program/members" params={{ program }} search={{}} {...props} />}>{text}</Anchor>;
    default:
      return text;
  }
}

function State({ job }: { job: Job }) {
  const { t } = useSettingsWords();
  if (job.state === 'running') {
    return (
      <Stack gap={2} maw={160}>
        <Progress value={job.progress.percent ?? 100} animated aria-label={`${job.text}: ${t('stateOf.running')}`} />
        {job.progress.percent === null ? null : <Text size="xs">{job.progress.percent} %</Text>}
      </Stack>
    );
  }
  return (
    <Badge variant="light" tt="none" color={COLOURS[job.state]}>
      {t(`stateOf.${job.state}`)}
    </Badge>
  );
}

function Act({ program, job, busy, onCancel }: { program: string; job: Job; busy: boolean; onCancel: () => void }) {
  const { t } = useSettingsWords();
  const may = useMay();
  const needs = CANCELS[job.kind as keyof typeof CANCELS];
  if (isWorking(job)) {
    return needs !== undefined && may(needs) ? (
      <Button size="compact-sm" variant="default" loading={busy} onClick={onCancel} aria-label={`${t('cancel')}: ${job.text}`}>
        {t('cancel')}
      </Button>
    ) : null;
  }
  return job.file === null ? null : (
    <Group justify="flex-end">
      <Anchor size="sm" href={`/v1/programs/${program}/exports/${job.id}/file`} download={job.file}>
        {t('download')}
      </Anchor>
    </Group>
  );
}
