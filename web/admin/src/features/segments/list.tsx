// Every segment: how many are in it, what it asks, where it is used.
import { Anchor, Badge, Button, Group, Paper, Table, Text } from '@mantine/core';
import { api } from '@api';
import { whole } from '@shared/format';
import { useMay } from '@shared/session';
import { told } from '@shared/problem';
import { Empty, Failure, Page, Waiting } from '@shared/ui';
import { IconFilter, IconPlus } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { labelOf, segmentsOf, usesOf, type Json } from './document';
import { useSegmentWords } from './words';

export function SegmentsPage() {
  const { t, language } = useSegmentWords();
  const { program } = useParams({ from: '/signed-in/p/$program/segments' });
  const may = useMay();
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } });
  const live = api.useQuery('get', '/v1/programs/{program}/segments', { params: { path: { program } } }, { retry: false });
  const isUnpublished = told(live.error).code === 'programs.not_published';
  const failed = draft.error ?? (isUnpublished ? null : live.error);
  const actions = may('program:write') ? (
    <>
      <Button variant="default" renderRoot={(props) => <Link to="/p/$program/segments/new" params={{ program }} search={{ kind: 'list' }} {...props} />}>
        {t('newList')}
      </Button>
      <Button leftSection={<IconPlus size={16} />} renderRoot={(props) => <Link to="/p/$program/segments/new" params={{ program }} search={{}} {...props} />}>
        {t('newSegment')}
      </Button>
    </>
  ) : undefined;
  if (failed) {
    return (
      <Page title={t('title')} about={t('about')} guide="write-a-program">
        <Failure failure={failed} retry={() => void (draft.error ? draft.refetch() : live.refetch())} />
      </Page>
    );
  }
  if (draft.data === undefined || (live.data === undefined && !isUnpublished)) {
    return (
      <Page title={t('title')} about={t('about')} guide="write-a-program" actions={actions}>
        <Waiting rows={6} height={40} />
      </Page>
    );
  }
  const document = draft.data.document as Json;
  const written = segmentsOf(document);
  const known = new Map((live.data?.items ?? []).map((each) => [each.id, each]));
  const ids = [...new Set([...Object.keys(written), ...known.keys()])];
  const rows = ids.map((id) => {
    const segment = written[id];
    const now = known.get(id);
    const isChanged = now !== undefined && JSON.stringify(segment?.when ?? null) !== JSON.stringify(now.when);
    return {
      id,
      label: segment === undefined ? (now?.label ?? id) : labelOf(segment, id, language),
      isList: now?.kind === 'list' || segment?.list === true,
      // Nobody was looked at yet: that is not the same as nobody.
      members: now?.kind === 'dynamic' && now.evaluated_at === null ? undefined : now?.members,
      sentence: now?.sentence ?? null,
      uses: usesOf(document, id, language),
      state: now === undefined ? 'draftOnly' : isChanged || segment === undefined ? 'changed' : null,
    } as const;
  });
  rows.sort((one, other) => (other.members ?? -1) - (one.members ?? -1) || one.label.localeCompare(other.label, language));
  return (
    <Page title={t('title')} about={t('about')} guide="write-a-program" actions={actions}>
      {rows.length === 0 ? (
        <Empty icon={<IconFilter size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} action={actions === undefined ? undefined : <Group mt="sm">{actions}</Group>} />
      ) : (
        <Paper withBorder style={{ overflow: 'hidden' }}>
          <Table.ScrollContainer minWidth={320} type="native">
            <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('name')}</Table.Th>
                  <Table.Th ta="right">{t('members')}</Table.Th>
                  <Table.Th visibleFrom="sm">{t('usedIn')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.id}>
                    <Table.Td>
                      <Group gap="xs">
                        <Anchor fw={600} renderRoot={(props) => <Link to="/p/$program/segments/$segment" params={{ program, segment: row.id }} search={{}} {...props} />}>
                          {row.label}
                        </Anchor>
                        {row.isList ? (
                          <Badge variant="default" size="sm" tt="none">
                            {t('list')}
                          </Badge>
                        ) : null}
                        {row.state === null ? null : (
                          <Badge variant="light" color="yellow" autoContrast size="sm" tt="none">
                            {t(row.state)}
                          </Badge>
                        )}
                      </Group>
                      {row.sentence === null ? null : (
                        <Text size="sm" c="dimmed" lineClamp={2} maw={640}>
                          {row.sentence}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                      {row.members === undefined ? '–' : whole(row.members, language)}
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <Text size="sm" c={row.uses.length === 0 ? 'dimmed' : undefined} title={row.uses.map((each) => each.name).join(', ')}>
                        {row.uses.length === 0 ? t('unused') : t('uses', { count: row.uses.length })}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Paper>
      )}
    </Page>
  );
}
