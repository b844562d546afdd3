// One segment: who is in it, whom it means, where it is used.
import { Badge, Button, Card, List, Stack, Tabs, Text } from '@mantine/core';
import { api } from '@api';
import { whole } from '@shared/format';
import { useMay } from '@shared/session';
import { told } from '@shared/problem';
import { Empty, Failure, Page, Waiting } from '@shared/ui';
import { IconFilter } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { labelOf, segmentsOf, usesOf, type Json, type Use } from './document';
import { SegmentForm } from './form';
import { Growth } from './growth';
import { SegmentMembers } from './members';
import { Saving } from './saving';
import { useSegmentWords } from './words';

const FROM = '/signed-in/p/$program/segments/$segment';

export function SegmentPage() {
  const { t, language } = useSegmentWords();
  const { program, segment: id } = useParams({ from: FROM });
  const { tab } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: '/p/$program/segments/$segment' });
  const may = useMay();
  const [removing, setRemoving] = useState(false);
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } });
  const live = api.useQuery('get', '/v1/programs/{program}/segments', { params: { path: { program } } }, { retry: false });
  const isUnpublished = told(live.error).code === 'programs.not_published';
  if (draft.error ?? (isUnpublished ? null : live.error)) {
    return <Failure failure={draft.error ?? live.error} retry={() => void (draft.error ? draft.refetch() : live.refetch())} />;
  }
  if (draft.data === undefined || (live.data === undefined && !isUnpublished)) {
    return <Waiting rows={6} height={32} />;
  }
  const document = draft.data.document as Json;
  const segment = segmentsOf(document)[id];
  const now = live.data?.items.find((each) => each.id === id);
  if (segment === undefined && now === undefined) {
    return (
      <Page title={t('lost')} about={t('about')} guide="write-a-program">
        <Empty
          icon={<IconFilter size={40} stroke={1.2} />}
          title={t('lost')}
          text={t('lostText')}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/p/$program/segments" params={{ program }} {...props} />}>
              {t('title')}
            </Button>
          }
        />
      </Page>
    );
  }
  const name = segment === undefined ? (now?.label ?? id) : labelOf(segment, id, language);
  const isList = now?.kind === 'list' || segment?.list === true;
  const uses = usesOf(document, id, language);
  const actions = (
    <>
      {now === undefined ? (
        <Badge variant="light" color="yellow" autoContrast tt="none">
          {t('draftOnly')}
        </Badge>
      ) : (
        <Button variant="default" renderRoot={(props) => <Link to="/p/$program/members" params={{ program }} search={{ segment: id }} {...props} />}>
          {t('toMembers')}
        </Button>
      )}
      {may('program:write') && segment !== undefined ? (
        <Button variant="default" disabled={uses.length > 0} title={uses.length > 0 ? t('removeUsed', { places: uses.map((each) => each.name).join(', ') }) : undefined} onClick={() => setRemoving(true)}>
          {t('remove')}
        </Button>
      ) : null}
    </>
  );
  return (
    <Page title={name} about={t('about')} guide="write-a-program" actions={actions}>
      <Tabs value={tab ?? 'who'} onChange={(chosen) => void navigate({ search: chosen === 'condition' ? { tab: 'condition' } : {}, replace: true })} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="who">
            {t('who')}
            {now === undefined ? '' : ` (${whole(now.members, language)})`}
          </Tabs.Tab>
          <Tabs.Tab value="condition">{isList ? t('name') : t('condition')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="who">
          {now === undefined ? (
            <Empty icon={<IconFilter size={40} stroke={1.2} />} title={t('draftOnly')} text={t('unpublished')} />
          ) : (
            <Stack gap="lg">
              <Growth program={program} segment={id} />
              {may('members:read') ? <SegmentMembers program={program} segment={now} /> : null}
            </Stack>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="condition">
          <SegmentForm
            program={program}
            segment={segment ?? { label: now?.label ?? null, when: now?.when ?? null }}
            isList={isList}
            idFor={() => id}
            onSaved={() => undefined}
            aside={<Uses uses={uses} />}
          />
        </Tabs.Panel>
      </Tabs>
      <Saving
        program={program}
        id={id}
        name={name}
        segment={undefined}
        opened={removing}
        onClose={() => setRemoving(false)}
        onSaved={() => void navigate({ to: '/p/$program/segments', params: { program } })}
      />
    </Page>
  );
}

function Uses({ uses }: { uses: Use[] }) {
  const { t } = useSegmentWords();
  return (
    <Card withBorder padding="lg">
      <Text fw={600} size="sm" mb={4}>
        {t('usedIn')}
      </Text>
      {uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('unused')}
        </Text>
      ) : (
        <List size="sm">
          {uses.map((each) => (
            <List.Item key={`${each.section} ${each.name}`}>
              {t(`sections.${each.section}`)}: {each.name}
            </List.Item>
          ))}
        </List>
      )}
    </Card>
  );
}
