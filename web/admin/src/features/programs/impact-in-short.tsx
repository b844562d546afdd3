// What publishing would have cost, where it is decided: the numbers of the impact above, or that nobody asked for them.
import { Alert, Button, List, Stack, Text } from '@mantine/core';
import { namesOf } from '@shared/draft/names';
import type { Draft } from '@shared/draft/state';
import { money, whole } from '@shared/format';
import { spelled } from '@shared/names';
import { useImpactWords } from './impact.words';
import type { Simulation } from './simulation';

export function ImpactInShort({ draft, simulation, onRun }: { draft: Draft; simulation: Simulation; onRun: () => void }) {
  const { t, language } = useImpactWords();
  const { shown } = simulation;
  const impact = simulation.isOfDraft ? shown?.result : undefined;
  if (shown === undefined || !impact) {
    return (
      <Alert color="yellow" variant="light">
        <Stack gap="xs" align="flex-start">
          <Text size="sm">{t(simulation.isOfDraft && simulation.isBusy ? 'sumBusy' : 'sumNone')}</Text>
          {simulation.isBusy ? null : (
            <Button size="xs" variant="default" onClick={onRun}>
              {t('sumRun')}
            </Button>
          )}
        </Stack>
      </Alert>
    );
  }
  const wallets = namesOf(draft.document, language).wallets;
  const given = impact.wallets
    .map((each) => ({ wallet: each, more: each.earned.difference - each.taken_back.difference }))
    .filter(({ more }) => more !== 0)
    .map(({ wallet, more }) => {
      const points = wallet.kind === 'money' ? money(Math.abs(more), wallet.currency ?? impact.currency, language) : whole(Math.abs(more), language);
      return t('sumPoints', { points: `${more > 0 ? '+' : '−'}${points}`, wallet: wallets.find((each) => each.value === wallet.wallet)?.label ?? spelled(wallet.wallet) });
    });
  const cost = impact.cost_minor.difference;
  return (
    <div>
      <Text size="sm" fw={600}>
        {t('sumOver', { count: shown.days })}
      </Text>
      <List size="sm">
        {impact.same ? <List.Item>{t(shown.dated.some((each) => each.weeks === 0) ? 'sameElse' : 'same', { events: whole(impact.events, language) })}</List.Item> : null}
        {given.map((each) => (
          <List.Item key={each}>{each}</List.Item>
        ))}
        {impact.same ? null : (
          <>
            <List.Item>{cost === 0 ? t('costSame') : t(cost > 0 ? 'costMore' : 'costLess', { cost: money(Math.abs(cost), impact.currency, language) })}</List.Item>
            {shown.dated.some((each) => each.weeks !== 0) ? <List.Item>{t('sumMoved')}</List.Item> : null}
            <List.Item>{t('people', { count: impact.members_differing, differing: whole(impact.members_differing, language) })}</List.Item>
          </>
        )}
      </List>
    </div>
  );
}
