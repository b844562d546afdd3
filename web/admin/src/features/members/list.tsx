import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { api } from '@api';
import { day } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { Empty, Page } from '@shared/ui';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemberWords } from './words';

/** Members, newest first or by the beginning of their names. */
export function MembersPage() {
  const { t, language } = useMemberWords();
  const { program } = useParams({ from: '/signed-in/p/$program/members' });
  const filter = useSearch({ from: '/signed-in/p/$program/members' });
  const navigate = useNavigate({ from: '/p/$program/members' });
  const search = useDebouncedCallback((name: string) => void navigate({ search: name === '' ? {} : { name }, replace: true }), 250);
  const members = api.useInfiniteQuery('get', '/v1/programs/{program}/members', { params: { path: { program }, query: filter } }, paged);
  return (
    <Page title={t('title')} about={t('about')}>
      <TextInput
        aria-label={t('search')}
        placeholder={t('search')}
        defaultValue={filter.name ?? ''}
        leftSection={<IconSearch size={16} />}
        onChange={(event) => search(event.currentTarget.value)}
        maw={360}
      />
      <Rows
        label={t('title')}
        query={members}
        id={(row) => row.id}
        columns={[
          { accessor: 'name', title: t('name'), render: (row) => row.name ?? '–' },
          { accessor: 'status', title: t('status') },
          { accessor: 'enrolled_at', title: t('since'), render: (row) => (row.enrolled_at ? day(row.enrolled_at, 'UTC', language) : '–') },
        ]}
        empty={<Empty icon={<IconUsers size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />}
      />
    </Page>
  );
}
