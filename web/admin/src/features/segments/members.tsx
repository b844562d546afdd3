// Who is in a segment; of a list also putting on and taking off.
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { FindMember } from '@shared/find-member';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure } from '@shared/ui';
import { IconUsers } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSegmentWords } from './words';

export function SegmentMembers({ program, segment }: { program: string; segment: Schemas['SegmentOut'] }) {
  const { t, language } = useSegmentWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const may = useMay();
  const queries = useQueryClient();
  const isList = segment.kind === 'list';
  const path = { program, segment: segment.id };
  const members = api.useInfiniteQuery('get', '/v1/programs/{program}/segments/{segment}/members', { params: { path } }, paged);
  const refresh = (): void => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === 'string' && queryKey[1].includes('/segments') });
  };
  const add = api.useMutation('put', '/v1/programs/{program}/segments/{segment}/members', { onSuccess: refresh });
  const remove = api.useMutation('post', '/v1/programs/{program}/segments/{segment}/members/remove', { onSuccess: refresh });
  const putOn = (id: string, name: string): void =>
    add.mutate({ params: { path }, body: { members: [id] } }, { onSuccess: () => notifications.show({ message: t('added', { name }) }) });
  const takeOff = (id: string, name: string): void =>
    remove.mutate(
      { params: { path }, body: { members: [id] } },
      {
        onSuccess: () =>
          notifications.show({
            message: (
              <Group justify="space-between">
                {t('tookOff', { name })}
                <Button size="compact-xs" variant="subtle" onClick={() => putOn(id, name)}>
                  {t('undo')}
                </Button>
              </Group>
            ),
          }),
      },
    );
  const mayKeep = isList && may('members:write');
  return (
    <Stack>
      {mayKeep ? <FindMember program={program} label={t('find')} onChoose={(found) => putOn(found.id, found.name ?? t('noName'))} maw={520} /> : null}
      {add.error ?? remove.error ? <Failure failure={add.error ?? remove.error} writing /> : null}
      {segment.evaluated_at === null ? null : (
        <Text size="sm" c="dimmed">
          {t('evaluated', { when: moment(segment.evaluated_at, zone, language) })}
        </Text>
      )}
      <Rows
        label={t('who')}
        query={members}
        id={(row) => row.member_id}
        columns={[
          {
            accessor: 'name',
            title: t('name'),
            render: (row) => (
              <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: row.member_id }} {...props} />}>
                {row.name ?? t('noName')}
              </Anchor>
            ),
          },
          { accessor: 'entered_at', title: t('since'), render: (row) => moment(row.entered_at, zone, language) },
          ...(mayKeep
            ? [
                {
                  accessor: 'off',
                  title: '',
                  textAlign: 'right' as const,
                  render: (row: Schemas['BelongingOut']) => (
                    <Button size="compact-sm" variant="subtle" color="gray" onClick={() => takeOff(row.member_id, row.name ?? t('noName'))}>
                      {t('takeOff')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
        empty={<Empty icon={<IconUsers size={40} stroke={1.2} />} title={t('emptyTitle')} text={isList ? t('emptyList') : t('emptyText')} />}
      />
    </Stack>
  );
}
