// Files of what the program holds: asked for, made in the background, fetched while they are kept.
import { ActionIcon, Anchor, Badge, Button, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { moment, whole } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Page } from '@shared/ui';
import { IconFileExport, IconLink, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ExportForm } from './export-form';
import { Once } from './once';
import { useSettingsWords } from './words';

type Export = Schemas['ExportOut'];

const COLOURS = { waiting: 'yellow', running: 'puntal', done: 'teal', failed: 'red', cancelled: 'gray', expired: 'gray' } as const;
const WHILE_WORKING = 1500;

export function ExportsPage() {
  const { t, language } = useSettingsWords();
  const { program } = useParams({ from: '/signed-in/p/$program/settings/exports' });
  const queries = useQueryClient();
  const may = useMay();
  const zone = useProgram()?.timezone ?? 'UTC';
  const [asking, setAsking] = useState(false);
  const exports = api.useInfiniteQuery(
    'get',
    '/v1/programs/{program}/exports',
    { params: { path: { program } } },
    { ...paged, refetchInterval: ({ state }) => (state.data?.pages.some((page) => page?.items.some(isWorking)) ? WHILE_WORKING : false) },
  );
  const again = () => void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/exports'] });
  const cancel = api.useMutation('post', '/v1/programs/{program}/exports/{export_id}/cancel', { onSuccess: again });
  const link = api.useMutation('post', '/v1/programs/{program}/exports/{export_id}/link');
  const add = may('reports:read') ? (
    <Button leftSection={<IconFileExport size={16} />} onClick={() => setAsking(true)}>
      {t('newExport')}
    </Button>
  ) : null;
  return (
    <Page title={t('exports')} about={t('exportsAbout')} guide="exports" actions={add}>
      {(cancel.error ?? link.error) ? <Failure failure={cancel.error ?? link.error} writing /> : null}
      <Rows
        label={t('exports')}
        query={exports}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'name',
            title: t('file'),
            render: (row) => (
              <Stack gap={2}>
                {row.state === 'done' ? (
                  <Anchor href={`/v1/programs/${program}/exports/${row.id}/file`} download={row.name} size="sm" fw={500}>
                    {row.name}
                  </Anchor>
                ) : (
                  <Text size="sm" fw={500}>
                    {row.name}
                  </Text>
                )}
                <Text size="xs" c="dimmed">
                  {t(`kindOf.${row.kind}`)} · {moment(row.asked_at, zone, language)}
                </Text>
              </Stack>
            ),
          },
          { accessor: 'state', title: t('state'), render: (row) => <State row={row} /> },
          { accessor: 'rows', title: t('rowsOf'), textAlign: 'right', render: (row) => whole(row.progress.rows_done, language) },
          { accessor: 'expires_at', title: t('keptUntil'), render: (row) => (row.expires_at === null || row.state !== 'done' ? '–' : moment(row.expires_at, zone, language)) },
          {
            accessor: 'actions',
            title: ' ',
            textAlign: 'right',
            render: (row) => (
              <Group gap={4} justify="flex-end" wrap="nowrap">
                {row.state === 'done' ? (
                  <Tooltip label={t('makeLink')}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('makeLink')}: ${row.name}`}
                      onClick={() => link.mutate({ params: { path: { program, export_id: row.id } } })}
                    >
                      <IconLink size={18} />
                    </ActionIcon>
                  </Tooltip>
                ) : null}
                {isWorking(row) ? (
                  <Tooltip label={t('cancelExport')}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`${t('cancelExport')}: ${row.name}`}
                      onClick={() => cancel.mutate({ params: { path: { program, export_id: row.id } } })}
                    >
                      <IconX size={18} />
                    </ActionIcon>
                  </Tooltip>
                ) : null}
              </Group>
            ),
          },
        ]}
        empty={<Empty icon={<IconFileExport size={40} stroke={1.2} />} title={t('noExports')} text={t('noExportsText')} action={add} />}
      />
      {asking ? (
        <ExportForm
          program={program}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            again();
            notifications.show({ message: t('exportAsked') });
          }}
        />
      ) : null}
      {link.data === undefined ? null : (
        <Once title={t('linkToFile')} text={t('linkToFileText', { when: moment(link.data.until, zone, language) })} secret={`${window.location.origin}${link.data.url}`} onClose={() => link.reset()} />
      )}
    </Page>
  );
}

function isWorking(row: Export): boolean {
  return row.state === 'waiting' || row.state === 'running';
}

function State({ row }: { row: Export }) {
  const { t } = useSettingsWords();
  const { rows_done: done, rows_total: total } = row.progress;
  if (row.state === 'running') {
    return <Progress value={total === 0 || total === null ? 100 : (100 * done) / total} animated w={120} aria-label={t('stateOf.running')} />;
  }
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={COLOURS[row.state]}>
        {t(`stateOf.${row.state}`)}
      </Badge>
      {row.error === null ? null : (
        <Text size="xs" c="dimmed">
          {row.error.text}
        </Text>
      )}
    </Stack>
  );
}
