import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { DraftBar } from '@shared/draft/bar';
import { useDraft } from '@shared/draft/state';
import { SwitchedOffBanner } from '@shared/draft/switches';
import { useMay } from '@shared/session';
import { Empty, Loaded, Page } from '@shared/ui';
import { IconCalendarEvent, IconPlus } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Create } from './create';
import { CampaignDrawer } from './campaign';
import { List } from './list';
import { Timeline } from './timeline';
import { useCampaignWords } from './words';

const Editing = lazy(() => import('@shared/draft/editing'));

/** Everything with a beginning and an end, in a calendar or as a list with budgets and results. */
export function CampaignsPage() {
  const { t } = useCampaignWords();
  const { program } = useParams({ from: '/signed-in/p/$program/campaigns' });
  const { view, campaign, edit } = useSearch({ from: '/signed-in/p/$program/campaigns' });
  const navigate = useNavigate({ from: '/p/$program/campaigns' });
  const may = useMay();
  const draft = useDraft(program);
  const [creating, setCreating] = useState(false);
  const open = (id: string) => void navigate({ search: (now) => ({ ...now, campaign: id }) });
  const openForm = (place: string) => void navigate({ search: (now) => ({ ...now, edit: place }) });
  const button = may('program:write') ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  ) : undefined;
  return (
    <Page title={t('title')} about={t('about')} guide="write-a-program" actions={button}>
      <SwitchedOffBanner program={program} />
      <Loaded query={draft} rows={8}>
        {(read) => (
          <Stack gap="lg">
            <DraftBar program={program} draft={read} />
            <Group>
              <SegmentedControl
                aria-label={t('view')}
                value={view ?? 'calendar'}
                onChange={(next) => void navigate({ search: ({ view: _, ...now }) => (next === 'list' ? { ...now, view: 'list' as const } : now) })}
                data={[
                  { value: 'calendar', label: t('calendar') },
                  { value: 'list', label: t('list') },
                ]}
              />
            </Group>
            {view !== 'list' ? <Timeline program={program} draft={read} onOpen={open} /> : null}
            {(read.document.campaigns ?? []).length === 0 ? <Empty icon={<IconCalendarEvent size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} /> : <List program={program} draft={read} onOpen={open} onEdit={openForm} />}
            {campaign === undefined ? null : <CampaignDrawer program={program} draft={read} id={campaign} onEdit={openForm} onClose={() => void navigate({ search: ({ campaign: _, ...now }) => now })} />}
            {creating ? <Create program={program} draft={read} onClose={() => setCreating(false)} /> : null}
          </Stack>
        )}
      </Loaded>
      {edit === undefined ? null : (
        <Suspense fallback={null}>
          <Editing program={program} edit={edit} onClose={() => void navigate({ search: ({ edit: _, ...now }) => now })} />
        </Suspense>
      )}
    </Page>
  );
}
