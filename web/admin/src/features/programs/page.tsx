import { Button, Stack, Tabs } from '@mantine/core';
import { DraftBar } from '@shared/draft/bar';
import { useDraft, useTold } from '@shared/draft/state';
import { StopDialog, SwitchedOffBanner, useSwitchOf } from '@shared/draft/switches';
import { useMay, useProgram } from '@shared/session';
import { Loaded, Page, Waiting, faded } from '@shared/ui';
import { IconPlayerStop } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { VIEWS, type View } from './routes';
import { useProgramWords } from './words';

const Rules = lazy(() => import('./rules'));
const Settings = lazy(() => import('./settings'));
const Try = lazy(() => import('./try'));
const Publish = lazy(() => import('./publish'));
const History = lazy(() => import('./history'));
const Yaml = lazy(() => import('./yaml'));
const Editing = lazy(() => import('@shared/draft/editing'));

/** The program: what members earn and what bounds it; edited as a draft, tried, published, rolled back. */
export function ProgramPage() {
  const { t } = useProgramWords();
  const { program } = useParams({ from: '/signed-in/p/$program/program' });
  const { view = 'rules', edit } = useSearch({ from: '/signed-in/p/$program/program' });
  const navigate = useNavigate({ from: '/p/$program/program' });
  const may = useMay();
  const card = useProgram(program);
  const [stopping, setStopping] = useState(false);
  const draft = useDraft(program);
  const told = useTold(program, draft.data?.document);
  const isOff = useSwitchOf(program, 'program', program) !== undefined;
  const open = (place: string) => void navigate({ search: (now) => ({ ...now, edit: place }) });
  const close = () => void navigate({ search: ({ edit: _, ...now }) => now });
  const show = (next: View) => void navigate({ search: next === 'rules' ? {} : { view: next } });
  const stop =
    may('switches:write') && !isOff ? (
      <Button variant="subtle" color="red" size="sm" leftSection={<IconPlayerStop size={16} />} onClick={() => setStopping(true)}>
        {t('stopProgram')}
      </Button>
    ) : undefined;
  return (
    <Page title={t('title')} about={t('about')} guide="write-a-program" actions={stop}>
      <SwitchedOffBanner program={program} />
      {draft.data === undefined || view === 'publish' ? null : <DraftBar program={program} draft={draft.data} />}
      <Tabs value={view} onChange={(next) => next !== null && show(next as View)} keepMounted={false}>
        <Tabs.List aria-label={t('views')} className="tabs-row" onScroll={faded}>
          {VIEWS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={view} pt="lg">
          <Loaded query={draft} rows={8}>
            {(read) => (
              <Suspense fallback={<Waiting rows={6} height={48} />}>
                <Stack gap="xl">
                  {view === 'rules' ? <Rules program={program} draft={read} told={told.data} onEdit={open} /> : null}
                  {view === 'settings' ? <Settings program={program} draft={read} told={told.data} onEdit={open} /> : null}
                  {view === 'try' ? <Try program={program} draft={read} /> : null}
                  {view === 'publish' ? <Publish program={program} draft={read} told={told.data} onEdit={open} /> : null}
                  {view === 'history' ? <History program={program} /> : null}
                  {view === 'yaml' ? <Yaml program={program} draft={read} /> : null}
                </Stack>
              </Suspense>
            )}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
      {edit === undefined ? null : (
        <Suspense fallback={null}>
          <Editing program={program} edit={edit} onClose={close} />
        </Suspense>
      )}
      {stopping ? <StopDialog program={program} target={{ kind: 'program', id: program, name: card?.name ?? program }} onClose={() => setStopping(false)} /> : null}
    </Page>
  );
}
