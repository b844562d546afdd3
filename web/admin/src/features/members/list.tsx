// Everybody in the program; one box finds people by anything.
import { Anchor, Badge, Button, Group, Loader, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api } from '@api';
import { useNarrow } from '@shared/cards';
import { useMemberSearch, type Found } from '@shared/find-member';
import { day, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { Rows } from '@shared/rows';
import { useMay, useProgram } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconAdjustmentsHorizontal, IconFileImport, IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Bulk } from './bulk';
import { Enrol } from './enrol';
import { Import } from './import';
import { StatusBadge } from './parts';
import { STATUSES, type MembersFilter, type Status } from './routes';
import { useLadders } from './program';
import { useMemberWords } from './words';

const FROM = '/signed-in/p/$program/members';
// What is searched for is kept in memory for the way back, and forgotten by whoever signs out; an address would be logged.
const SOUGHT = 'members sought';
const LISTED = STATUSES.filter((each) => each !== 'erased' && each !== 'merged');

export function MembersPage() {
  const { t, language } = useMemberWords();
  const { program } = useParams({ from: FROM });
  const filter = useSearch({ from: FROM });
  const navigate = useNavigate({ from: '/p/$program/members' });
  const may = useMay();
  const names = useNames();
  const zone = useProgram()?.timezone ?? 'UTC';
  const queries = useQueryClient();
  const [text, setText] = useState(() => queries.getQueryData<string>([SOUGHT, program]) ?? '');
  const [settled] = useDebouncedValue(text.trim(), 250);
  useEffect(() => {
    queries.setQueryData([SOUGHT, program], text);
  }, [queries, program, text]);
  const [picked, setPicked] = useState<Found[]>([]);
  const narrow = useNarrow();
  const [filtering, setFiltering] = useState(false);
  const chosen = [filter.status?.length ? 1 : 0, filter.segment ? 1 : 0, filter.tier ? 1 : 0].reduce((sum, each) => sum + each, 0);
  const [opened, setOpened] = useState<'enrol' | 'import' | null>(null);
  const ladders = useLadders();
  const segments = api.useQuery('get', '/v1/programs/{program}/segments', { params: { path: { program } } }, { enabled: may('program:read') });
  const narrowTo = (more: Partial<MembersFilter>): void => {
    setPicked([]);
    const { status, segment, tier } = { ...filter, ...more };
    void navigate({ search: { ...(status?.length && { status }), ...(segment && { segment }), ...(tier && { tier }) }, replace: true });
  };
  const [ladder, tier] = filter.tier?.split(':') ?? [];
  const isSearching = settled !== '';
  const members = useMemberSearch(program, isSearching ? { text: settled, status: filter.status } : { status: filter.status, segment: filter.segment, ladder, tier });
  const total = api.useQuery(
    'post',
    '/v1/programs/{program}/members/count',
    { params: { path: { program } }, body: { ...(filter.status?.length && { status: filter.status }), ...(filter.segment && { segment: filter.segment }), ...(tier && { ladder, tier }) } },
    { enabled: !isSearching, staleTime: 30_000, retry: false, placeholderData: keepPreviousData },
  );
  const counted = isSearching ? undefined : total.data;
  const segment = segments.data?.items.find((each) => each.id === filter.segment);
  return (
    <Page
      title={t('title')}
      about={t('about')}
      guide="concepts"
      actions={
        may('members:write') ? (
          <>
            <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setOpened('import')}>
              {t('import')}
            </Button>
            <Button leftSection={<IconUserPlus size={16} />} onClick={() => setOpened('enrol')}>
              {t('enrol')}
            </Button>
          </>
        ) : undefined
      }
    >
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <TextInput
          aria-label={t('search')}
          placeholder={t('search')}
          value={text}
          maxLength={200}
          autoComplete="off"
          leftSection={members.isFetching && isSearching ? <Loader size={14} /> : <IconSearch size={16} />}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setPicked([]);
          }}
          flex={1}
          miw={{ base: 0, sm: 300 }}
        />
        {narrow ? (
          <Button variant="default" aria-expanded={filtering} leftSection={<IconAdjustmentsHorizontal size={16} />} onClick={() => setFiltering(!filtering)}>
            {chosen === 0 ? t('filters') : t('filtersOn', { count: chosen })}
          </Button>
        ) : null}
      </Group>
      {narrow && !filtering ? null : (
      <Group align="flex-end" gap="sm" mt={-4}>
        <MultiSelect
          aria-label={t('status')}
          placeholder={filter.status?.length ? undefined : t('status')}
          data={LISTED.map((each) => ({ value: each, label: t(`statuses.${each}`) }))}
          value={filter.status ?? []}
          onChange={(value) => narrowTo({ status: value as Status[] })}
          clearable
          w={{ base: '100%', xs: 190 }}
        />
        {segments.data === undefined || segments.data.items.length === 0 ? null : (
          <Select
            aria-label={t('segment')}
            placeholder={t('segment')}
            data={segments.data.items.map((each) => ({ value: each.id, label: each.label }))}
            value={filter.segment ?? null}
            onChange={(value) => narrowTo({ segment: value ?? undefined, tier: undefined })}
            disabled={isSearching}
            clearable
            searchable
            w={{ base: '100%', xs: 190 }}
          />
        )}
        {ladders.length === 0 ? null : (
          <Select
            aria-label={t('tier')}
            placeholder={t('tier')}
            data={ladders.map((each) => ({ group: each.name, items: each.tiers.map((one) => ({ value: `${each.id}:${one.id}`, label: one.name })) }))}
            value={filter.tier ?? null}
            onChange={(value) => narrowTo({ tier: value ?? undefined, segment: undefined })}
            disabled={isSearching}
            clearable
            w={{ base: '100%', xs: 160 }}
          />
        )}
      </Group>
      )}
      {counted === undefined || counted.members === 0 ? null : (
        <Text size="sm" c="dimmed" mb={-8} role="status">
          {t(counted.more ? 'moreThan' : 'howMany', { count: counted.members, all: whole(counted.members, language) })}
        </Text>
      )}
      <Bulk program={program} picked={picked} segment={isSearching ? undefined : segment} onDone={() => setPicked([])} />
      <Rows
        label={t('title')}
        query={members}
        total={counted && { count: counted.members, more: counted.more }}
        id={(row) => row.id}
        selected={may('members:write') || may('points:adjust') ? picked : undefined}
        onSelect={setPicked}
        columns={[
          {
            accessor: 'name',
            title: t('name'),
            render: (row) => (
              <Group gap="xs">
                <Anchor size="sm" fw={500} renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: row.id }} search={{}} {...props} />}>
                  {row.called ?? t('noName')}
                </Anchor>
                {row.by === null || row.by === 'name' ? null : (
                  <Badge size="sm" variant="default" tt="none">
                    {t(`by.${row.by}`)}
                  </Badge>
                )}
              </Group>
            ),
          },
          { accessor: 'status', title: t('status'), render: (row) => <StatusBadge status={row.status} /> },
          { accessor: 'points', title: t('points'), textAlign: 'right', render: (row) => (row.points === null ? '–' : whole(row.points, language)) },
          { accessor: 'tier', title: t('tier'), render: (row) => (row.tier === null ? '–' : names.tier(row.tier)), hidden: ladders.length === 0 },
          { accessor: 'last_order_on', title: t('lastOrder'), render: (row) => (row.last_order_on ? day(`${row.last_order_on}T12:00:00Z`, 'UTC', language) : '–') },
          { accessor: 'enrolled_at', title: t('since'), render: (row) => (row.enrolled_at ? day(row.enrolled_at, zone, language) : '–') },
        ]}
        empty={
          isSearching || filter.status || filter.segment || filter.tier ? (
            <Empty icon={<IconSearch size={40} stroke={1.2} />} title={t('nobody')} text={isSearching ? t('nobodyText') : t('nobodyFilter')} />
          ) : (
            <Empty icon={<IconUsers size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          )
        }
      />
      <Enrol program={program} opened={opened === 'enrol'} onClose={() => setOpened(null)} />
      <Import program={program} opened={opened === 'import'} onClose={() => setOpened(null)} />
    </Page>
  );
}
