import { Tabs } from '@mantine/core';
import { PeriodPicker, periodOf } from '@shared/period';
import { useProgram } from '@shared/session';
import { Page, Waiting, faded } from '@shared/ui';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType } from 'react';
import { TABS, type Tab } from './routes';
import { useInsightWords } from './words';

export interface ViewProps {
  program: string;
  from: string;
  through: string;
}

const VIEWS: Record<Tab, ComponentType<ViewProps>> = {
  growth: lazy(() => import('./growth')),
  engagement: lazy(() => import('./engagement')),
  rewards: lazy(() => import('./rewards')),
  tiers: lazy(() => import('./tiers')),
  cohorts: lazy(() => import('./cohorts')),
  liability: lazy(() => import('./liability')),
  incentives: lazy(() => import('./incentives')),
  budgets: lazy(() => import('./budgets')),
  silence: lazy(() => import('./silence')),
  benchmarks: lazy(() => import('./benchmarks')),
  reports: lazy(() => import('./reports')),
};
// These say how things stand now, or choose their days themselves.
const NOW = new Set<Tab>(['budgets', 'benchmarks', 'reports']);

/** There are more tabs than a narrow screen shows: the open one is in view. */
const shown = (tab: HTMLElement | null) => tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

export function InsightPage() {
  const { t } = useInsightWords();
  const { program } = useParams({ from: '/signed-in/p/$program/insight' });
  const filter = useSearch({ from: '/signed-in/p/$program/insight' });
  const navigate = useNavigate({ from: '/p/$program/insight' });
  const tab = filter.tab ?? 'growth';
  const days = periodOf(filter, useProgram());
  const View = VIEWS[tab];
  return (
    <Page
      title={t('title')}
      about={t('about')}
      guide="reports"
      actions={
        NOW.has(tab) ? null : (
          <PeriodPicker
            filter={filter}
            onChange={(period) => void navigate({ search: ({ tab: kept, every }) => ({ ...period, ...(kept ? { tab: kept } : {}), ...(every ? { every } : {}) }), replace: true, resetScroll: false })}
          />
        )
      }
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => {
          const next = TABS.find((each) => each === value);
          if (next !== undefined) {
            void navigate({ search: (now) => ({ ...now, tab: next }), resetScroll: false });
          }
        }}
      >
        <Tabs.List className="tabs-row" onScroll={faded}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each} ref={each === tab ? shown : null}>
              {t(`tabs.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="lg">
          <Suspense fallback={<Waiting rows={6} />}>
            <View program={program} {...days} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
