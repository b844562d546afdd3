import { Button, Tabs } from '@mantine/core';
import { DraftBar } from '@shared/draft/bar';
import { useDraft } from '@shared/draft/state';
import { SwitchedOffBanner } from '@shared/draft/switches';
import { useMay } from '@shared/session';
import { Loaded, Page, Waiting, faded } from '@shared/ui';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { VIEWS, type View } from './routes';
import { useRewardWords } from './words';

const Catalogue = lazy(() => import('./catalogue'));
const Redemptions = lazy(() => import('./redemptions'));
const Deliveries = lazy(() => import('./deliveries'));
const Vouchers = lazy(() => import('./vouchers'));
const Cards = lazy(() => import('./cards'));
const Editing = lazy(() => import('@shared/draft/editing'));

const NEEDS = { catalogue: 'program:read', redemptions: 'members:read', deliveries: 'members:read', vouchers: 'members:read', cards: 'reports:read' } as const;

/** What points buy: the catalogue, who took what, what is to be delivered, codes, gift cards. */
export function RewardsPage() {
  const { t } = useRewardWords();
  const { program } = useParams({ from: '/signed-in/p/$program/rewards' });
  const { view = 'catalogue', edit } = useSearch({ from: '/signed-in/p/$program/rewards' });
  const navigate = useNavigate({ from: '/p/$program/rewards' });
  const may = useMay();
  const draft = useDraft(program);
  // A shared address of a part that this role does not open leads to the first that it does.
  const current: View = may(NEEDS[view]) ? view : (VIEWS.find((each) => may(NEEDS[each])) ?? 'catalogue');
  const open = (place: string) => void navigate({ search: (now) => ({ ...now, edit: place }) });
  const add =
    current === 'catalogue' && may('program:write') ? (
      <Button leftSection={<IconPlus size={16} />} onClick={() => open('/rewards/+')}>
        {t('add')}
      </Button>
    ) : undefined;
  return (
    <Page title={t('title')} about={t('about')} guide="redeem-rewards" actions={add}>
      <SwitchedOffBanner program={program} />
      {draft.data === undefined || current !== 'catalogue' ? null : <DraftBar program={program} draft={draft.data} />}
      <Tabs value={current} onChange={(next) => void navigate({ search: next === 'catalogue' ? {} : { view: next as View } })} keepMounted={false}>
        <Tabs.List aria-label={t('views')} className="tabs-row" onScroll={faded}>
          {VIEWS.filter((each) => may(NEEDS[each])).map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={current} pt="lg">
          <Suspense fallback={<Waiting rows={6} height={48} />}>
            {current === 'catalogue' ? <Loaded query={draft}>{(read) => <Catalogue program={program} draft={read} onEdit={open} />}</Loaded> : null}
            {current === 'redemptions' ? <Redemptions program={program} /> : null}
            {current === 'deliveries' ? <Deliveries program={program} /> : null}
            {current === 'vouchers' ? <Vouchers program={program} /> : null}
            {current === 'cards' ? <Cards program={program} /> : null}
          </Suspense>
        </Tabs.Panel>
      </Tabs>
      {edit === undefined ? null : (
        <Suspense fallback={null}>
          <Editing program={program} edit={edit} onClose={() => void navigate({ search: ({ edit: _, ...now }) => now })} />
        </Suspense>
      )}
    </Page>
  );
}
