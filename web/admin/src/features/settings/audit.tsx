// Who did what. The server's log, in words.
import { Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useProgram } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconHistory } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useAuditWords } from './audit.words';
import { useSettingsWords } from './words';

const HERE = '/signed-in/p/$program/settings/audit';

export function AuditPage() {
  const { t } = useSettingsWords();
  const { program } = useParams({ from: HERE });
  const { whole, action } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: '/p/$program/settings/audit' });
  const filter = useDebouncedCallback((wanted: string) => void navigate({ search: (now) => ({ ...now, action: wanted === '' ? undefined : wanted }), replace: true }), 300);
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
        <TextInput
          aria-label={t('auditFilter')}
          placeholder={t('auditFilter')}
          defaultValue={action ?? ''}
          onChange={(event) => filter(event.currentTarget.value.trim())}
          w={260}
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
              <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {detailOf(row)}
              </Text>
            </Stack>
          ),
        },
        { accessor: 'actor', title: t('who'), render: (row) => row.actor_name ?? (row.actor === 'system' ? t('system') : row.actor) },
        { accessor: 'at', title: t('when'), noWrap: true, render: (row) => moment(row.at, zone, language) },
      ]}
      empty={<Empty icon={<IconHistory size={40} stroke={1.2} />} title={t('noAudit')} text={t('noAuditText')} />}
    />
  );
}

/** Values of a log line that people read; digests, ids and instants are for machines. */
const TOLD = ['name', 'note', 'reason', 'role', 'amount', 'count', 'revision', 'email', 'target_id', 'mode'];

/** What it was done to, and what was noted with it. */
function detailOf(row: Schemas['AuditEntryOut']): string {
  const [kind, id] = row.subject.split(':', 2);
  const subject = id === undefined || /^[0-9a-f-]{36}$/.test(id) ? '' : `${kind?.replaceAll('_', ' ') ?? ''} ${id}`.trim();
  const plain = TOLD.filter((name) => ['string', 'number'].includes(typeof row.detail[name]) && row.detail[name] !== '').map((name) => String(row.detail[name]));
  return [subject, ...plain].filter(Boolean).join(' · ');
}
