// What one sees of a rule at a glance: how much it multiplies, its dates, what bounds it and how far its budget is used.
import { Badge } from '@mantine/core';
import { api } from '@api';
import { shortDay } from '@shared/days';
import type { Limit, Rule } from '@shared/draft/document';
import { whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay } from '@shared/session';
import { useProgramWords } from './words';

export type Phase = 'running' | 'planned' | 'over';

/** Where a rule stands among the days; without dates, or while it is not known what day it is, it runs. */
export function phaseOf({ from, through }: Pick<Rule, 'from' | 'through'>, day: string | undefined): Phase {
  if (day === undefined) {
    return 'running';
  }
  return from && from.slice(0, 10) > day ? 'planned' : through && through.slice(0, 10) < day ? 'over' : 'running';
}

export function useBudgets(program: string) {
  const may = useMay();
  return api.useQuery('get', '/v1/programs/{program}/reports/budgets', { params: { path: { program } } }, { enabled: may('reports:read'), retry: false, staleTime: 30_000 });
}

interface RuleBadgesProps {
  program: string;
  rule: Rule;
  phase: Phase;
  campaign: string | undefined;
}

export function RuleBadges({ program, rule, phase, campaign }: RuleBadgesProps) {
  const { t, language } = useProgramWords();
  const budget = (useBudgets(program).data?.items ?? []).filter((each) => each.budget === `rule:${rule.id}`).sort((one, other) => other.share - one.share)[0];
  const limits = (Array.isArray(rule.limit) ? rule.limit : rule.limit ? [rule.limit] : []) as Limit[];
  const names = useNames();
  const times = rule.multiply?.times;
  const wallets = new Set([rule.award ?? []].flat().map((each) => each.wallet));
  const given = wallets.size === 1 ? [...wallets][0] : undefined;
  const { from, through } = rule;
  const dates = !from && !through ? undefined : `${from ? shortDay(from.slice(0, 10), language) : '…'} – ${through ? shortDay(through.slice(0, 10), language) : '…'}`;
  const mark = (key: string, text: string, color: string) => (
    <Badge key={key} variant="light" size="sm" tt="none" color={color}>
      {text}
    </Badge>
  );
  return (
    <>
      {times === undefined || times === null ? null : mark('times', `×${new Intl.NumberFormat(language).format(Number(times))}`, 'violet')}
      {campaign === undefined ? null : mark('campaign', t('ofCampaign', { name: campaign }), 'puntal')}
      {phase === 'running' ? null : mark('phase', t(phase), phase === 'planned' ? 'blue' : 'gray')}
      {dates === undefined ? null : mark('dates', dates, 'gray')}
      {limits.map((each, index) => {
        const per = typeof each.per === 'string' ? each.per : each.per === undefined ? 'lifetime' : 'rolling';
        const most = each.times ?? each.points;
        const words = { most: whole(most ?? 0, language), per: t(`per_${per as 'day'}`) };
        const told = each.times ? t('limitTimes', words) : given === undefined ? t('limitPoints', words) : t('limitUnits', { ...words, units: names.units(given, most ?? 0) });
        return most === undefined || most === null ? null : mark(`limit ${index}`, told, 'gray');
      })}
      {budget === undefined ? null : mark('budget', t('budgetShare', { share: budget.share }), budget.share >= 100 ? 'red' : budget.share >= 80 ? 'orange' : 'teal')}
    </>
  );
}
