// Who did what. The server's log, in words.
import { SegmentedControl, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { DayInput } from '@shared/day-input';
import { instantOf, plusDays } from '@shared/days';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconHistory } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useAuditDetail } from './audit-detail';
import { useAuditActions, useAuditWords } from './audit.words';
import { useSettingsWords } from './words';

const HERE = '/signed-in/p/$program/settings/audit';

export function AuditPage() {
  const { t } = useSettingsWords();
  const { program } = useParams({ from: HERE });
  const { whole, action, who, from, through } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: '/p/$program/settings/audit' });
  const actions = useAuditActions();
  const may = useMay();
  const zone = useProgram()?.timezone ?? 'UTC';
  const people = api.useQuery('get', '/v1/organization/staff', { params: { query: { limit: 200 } } }, { enabled: may('staff:read'), staleTime: 60_000 });
  const narrow = (change: { action?: string | undefined; who?: string | undefined; from?: string | undefined; through?: string | undefined }) =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true });
  const query = {
    ...(action === undefined ? {} : { action }),
    ...(who === undefined ? {} : { actor: who }),
    ...(from === undefined ? {} : { since: instantOf(`${from}T00:00`, zone) }),
    ...(through === undefined ? {} : { until: instantOf(`${plusDays(through, 1)}T00:00`, zone) }),
  };
  const ofProgram = api.useInfiniteQuery('get', '/v1/programs/{program}/audit', { params: { path: { program }, query } }, { ...paged, enabled: whole !== true });
  const ofAll = api.useInfiniteQuery('get', '/v1/organization/audit', { params: { query } }, { ...paged, enabled: whole === true });
  return (
    <Page title={t('audit')} about={t('auditAbout')} guide="staff-and-sign-in">
      <SegmentedControl
        aria-label={t('whichLog')}
        value={whole === true ? 'whole' : 'program'}
        onChange={(value) => void navigate({ search: ({ action: _, ...now }) => ({ ...now, whole: value === 'whole' ? true : undefined }), replace: true })}
        data={[
          { value: 'program', label: t('logOfProgram') },
          { value: 'whole', label: t('logOfOrganization') },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Select
          label={t('what')}
          placeholder={t('auditFilter')}
          data={actions}
          value={action ?? null}
          onChange={(wanted) => narrow({ action: wanted ?? undefined })}
          searchable
          clearable
          nothingFoundMessage={t('noAction')}
        />
        {may('staff:read') ? (
          <Select
            label={t('who')}
            placeholder={t('anybody')}
            data={[...(people.data?.items ?? []).map((each) => ({ value: `staff:${each.id}`, label: each.name })), { value: 'system', label: t('system') }]}
            value={who ?? null}
            onChange={(wanted) => narrow({ who: wanted ?? undefined })}
            searchable
            clearable
            nothingFoundMessage={t('noPerson')}
          />
        ) : null}
        <DayInput label={t('fromDay')} clearable max={through} value={from ?? ''} onChange={(day) => narrow({ from: day === '' ? undefined : day })} />
        <DayInput label={t('throughDay')} clearable min={from} value={through ?? ''} onChange={(day) => narrow({ through: day === '' ? undefined : day })} />
      </SimpleGrid>
      <Entries query={whole === true ? ofAll : ofProgram} />
    </Page>
  );
}

type Query = Parameters<typeof Rows<Schemas['AuditEntryOut']>>[0]['query'];

function Entries({ query }: { query: Query }) {
  const { t, language } = useSettingsWords();
  const told = useAuditWords();
  const detail = useAuditDetail();
  const zone = useProgram()?.timezone ?? 'UTC';
  return (
    <Rows
      label={t('audit')}
      query={query}
      id={(row) => row.id}
      columns={[
        {
          accessor: 'action',
          title: t('what'),
          render: (row) => (
            <Stack gap={0}>
              <Text size="sm" fw={500}>
                {told(row.action)}
              </Text>
              <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
                {detail(row)}
              </Text>
            </Stack>
          ),
        },
        { accessor: 'actor', title: t('who'), render: (row) => row.actor_name ?? (row.actor === 'system' ? t('system') : row.actor === 'signed-link' ? t('byLink') : row.actor) },
        { accessor: 'at', title: t('when'), noWrap: true, render: (row) => moment(row.at, zone, language) },
      ]}
      empty={<Empty icon={<IconHistory size={40} stroke={1.2} />} title={t('noAudit')} text={t('noAuditText')} />}
    />
  );
}
