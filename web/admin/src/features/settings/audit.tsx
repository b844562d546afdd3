// Who did what. The server's log, in words.
import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useProgram } from '@shared/session';
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
  const { whole, action } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: '/p/$program/settings/audit' });
  const actions = useAuditActions();
  const query = action === undefined ? {} : { action };
  const ofProgram = api.useInfiniteQuery('get', '/v1/programs/{program}/audit', { params: { path: { program }, query } }, { ...paged, enabled: whole !== true });
  const ofAll = api.useInfiniteQuery('get', '/v1/organization/audit', { params: { query } }, { ...paged, enabled: whole === true });
  return (
    <Page title={t('audit')} about={t('auditAbout')} guide="staff-and-sign-in">
      <Group>
        <SegmentedControl
          aria-label={t('whichLog')}
          value={whole === true ? 'whole' : 'program'}
          onChange={(value) => void navigate({ search: value === 'whole' ? { whole: true } : {}, replace: true })}
          data={[
            { value: 'program', label: t('logOfProgram') },
            { value: 'whole', label: t('logOfOrganization') },
          ]}
        />
        <Select
          aria-label={t('auditFilter')}
          placeholder={t('auditFilter')}
          data={actions}
          value={action ?? null}
          onChange={(wanted) => void navigate({ search: (now) => ({ ...now, action: wanted ?? undefined }), replace: true })}
          searchable
          clearable
          nothingFoundMessage={t('noAction')}
          w={320}
          maw="100%"
        />
      </Group>
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
