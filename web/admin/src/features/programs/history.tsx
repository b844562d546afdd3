// What was published when, by whom and why, and the way back.
import { Badge, Button, Drawer, Group, Stack, Table, Text } from '@mantine/core';
import { useCross } from '@shared/draft/close';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import type { Document } from '@shared/draft/document';
import { useDifference, useTold } from '@shared/draft/state';
import { moment } from '@shared/format';
import { paged } from '@shared/rows';
import { useMay, useNow, useProgram } from '@shared/session';
import { Empty, Failure, Loaded, Waiting } from '@shared/ui';
import { IconHistory } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Changes } from './publish';
import { useProgramWords } from './words';

const LIST = '/v1/programs/{program}/program/revisions';

export default function History({ program }: { program: string }) {
  const { t, language } = useProgramWords();
  const card = useProgram(program);
  const zone = card?.timezone ?? 'UTC';
  const programNow = useNow(program);
  const { revision } = useSearch({ from: '/signed-in/p/$program/program' });
  const navigate = useNavigate({ from: '/p/$program/program' });
  const revisions = api.useInfiniteQuery('get', LIST, { params: { path: { program }, query: { limit: 30 } } }, paged);
  if (revisions.data === undefined) {
    return revisions.error ? <Failure failure={revisions.error} retry={() => void revisions.refetch()} /> : <Waiting rows={5} />;
  }
  const rows = revisions.data.pages.flatMap((page) => page?.items ?? []);
  if (rows.length === 0) {
    return <Empty icon={<IconHistory size={40} stroke={1.2} />} title={t('historyEmpty')} text={t('historyEmptyText')} />;
  }
  const inForce = rows.find((each) => new Date(each.effective_from).getTime() <= programNow)?.number;
  const look = (number: number | undefined) => void navigate({ search: { view: 'history', ...(number === undefined ? {} : { revision: number }) } });
  return (
    <Stack>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('revision')}</Table.Th>
              <Table.Th>{t('why')}</Table.Th>
              <Table.Th>{t('by')}</Table.Th>
              <Table.Th>{t('when')}</Table.Th>
              <Table.Th aria-label={t('lookAt')} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((each) => (
              <Table.Tr key={each.number}>
                <Table.Td>
                  <Group gap={6} wrap="nowrap">
                    <Text size="sm" fw={600}>
                      {each.number}
                    </Text>
                    {each.number === inForce ? <Badge color="teal" variant="light" size="sm" tt="none" style={{ flex: 'none' }}>{t('inForce')}</Badge> : null}
                    {new Date(each.effective_from).getTime() > programNow ? <Badge variant="light" size="sm" tt="none">{t('toCome', { when: moment(each.effective_from, zone, language) })}</Badge> : null}
                  </Group>
                </Table.Td>
                <Table.Td>{each.note || '–'}</Table.Td>
                <Table.Td>{each.published_by_name ?? each.published_by.split(':')[0]}</Table.Td>
                <Table.Td>{moment(each.published_at, zone, language)}</Table.Td>
                <Table.Td ta="right">
                  <Button size="xs" variant="default" onClick={() => look(each.number)} aria-label={`${t('lookAt')}: ${t('revisionNumber', { number: each.number })}`}>
                    {t('lookAt')}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {revisions.hasNextPage ? (
        <Group>
          <Button variant="default" size="xs" loading={revisions.isFetchingNextPage} onClick={() => void revisions.fetchNextPage()}>
            …
          </Button>
        </Group>
      ) : null}
      {revision === undefined ? null : <Revision program={program} number={revision} onClose={() => look(undefined)} />}
    </Stack>
  );
}

/** A revision beside what is in force, and the way back to it. */
function Revision({ program, number, onClose }: { program: string; number: number; onClose: () => void }) {
  const { t } = useProgramWords();
  const cross = useCross();
  const may = useMay();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const shown = api.useQuery('get', '/v1/programs/{program}/program/revisions/{number}', { params: { path: { program, number } } });
  const document = shown.data?.document as Document | undefined;
  const difference = useDifference(program, document);
  const told = useTold(program, document);
  const back = api.useMutation('post', '/v1/programs/{program}/program/rollback', {
    onSuccess: () => {
      notifications.show({ message: t('rolledBack', { number }), color: 'teal' });
      void queries.invalidateQueries();
      setAsking(false);
      onClose();
    },
  });
  const changes = difference.data?.changes.length ?? 0;
  return (
    <Drawer opened onClose={onClose} closeButtonProps={cross} position="right" size="xl" title={<Text fw={650}>{t('revisionNumber', { number })}</Text>}>
      <Loaded query={shown}>
        {() => (
          <Stack>
            <Text fw={600}>{t('difference')}</Text>
            {difference.error ? <Failure failure={difference.error} /> : difference.data === undefined || difference.data === null ? <Waiting rows={3} /> : changes === 0 ? <Text size="sm">{t('sameAsNow')}</Text> : <Changes difference={difference.data} />}
            {changes > 0 && may('program:publish') ? (
              <Group>
                <Button onClick={() => setAsking(true)}>{t('rollBack')}</Button>
              </Group>
            ) : null}
            <Text fw={600} mt="md">
              {t('whole')}
            </Text>
            <Stack gap="xs">
              {(told.data?.sentences ?? []).map((each) => (
                <div key={each.path}>
                  <Text size="sm" fw={500}>
                    {each.name}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {each.words}
                  </Text>
                </div>
              ))}
            </Stack>
          </Stack>
        )}
      </Loaded>
      <Confirm opened={asking} title={t('rollBackTitle', { number })} verb={t('rollBack')} busy={back.isPending} failure={back.error} onConfirm={() => back.mutate({ params: { path: { program } }, body: { number, note: '' } })} onClose={() => setAsking(false)}>
        <Text size="sm">{t('rollBackText')}</Text>
        <Text size="sm">{t('changes', { count: changes })}</Text>
      </Confirm>
    </Drawer>
  );
}
