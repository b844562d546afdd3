// What can be chosen in a form: wallets, tiers, segments, rules, rewards, events of the document, by name.
import { api } from '@api';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { rewardsOf, rulesOf, said, type Document } from './document';
import { useForm } from './form';
import { useDraftWords } from './words';

export interface Choice {
  value: string;
  label: string;
}

/** What the wallets, tiers and the rest of a document are called. */
export function namesOf(document: Document, language: string) {
  const mapped = (parts: Record<string, { label?: Parameters<typeof said>[0] }> | undefined): Choice[] =>
    Object.entries(parts ?? {}).map(([id, part]) => ({ value: id, label: said(part.label, language, id) }));
  return {
    wallets: mapped(document.wallets),
    segments: mapped(document.segments),
    tiers: (document.ladders ?? []).flatMap((ladder) => ladder.tiers.map((tier) => ({ value: tier.id, label: said(tier.name, language, tier.id) }))),
    ladders: (document.ladders ?? []).map((ladder) => ({ value: ladder.id, label: ladder.id })),
    rules: rulesOf(document).map(({ rule }) => ({ value: rule.id, label: said(rule.label, language, rule.id) })),
    rewards: rewardsOf(document).map(({ reward }) => ({ value: reward.id, label: said(reward.name, language, reward.id) })),
    consents: (document.consents ?? []).map((consent) => ({ value: consent.id, label: said(consent.text, language, consent.id) })),
    kinds: mapped(document.reward_kinds),
    groups: Object.keys(document.stacking?.groups ?? {}).map((id) => ({ value: id, label: id })),
    own: mapped(document.events),
  };
}

export function useNames() {
  const { document } = useForm();
  const { language, t } = useDraftWords();
  const events = useEvents();
  return useMemo(() => {
    const names = namesOf(document, language);
    return { ...names, events: [...events, ...names.own] };
  }, [document, language, events, t]);
}

/** The built-in events, in the language of the app. */
function useEvents(): Choice[] {
  const { program = '' } = useParams({ strict: false });
  const read = api.useQuery('get', '/v1/programs/{program}/program/events', { params: { path: { program } } }, { staleTime: Infinity });
  return useMemo(() => (read.data ?? []).map((each) => ({ value: each.name, label: each.label })), [read.data]);
}
