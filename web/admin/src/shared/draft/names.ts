// What can be chosen in a form: wallets, tiers, segments, rules, rewards, events of the document, by name.
import { spelled } from '@shared/names';
import { useMemo } from 'react';
import { rewardsOf, rulesOf, said, type Document, type Texts } from './document';
import { useForm } from './form';
import { useDraftWords } from './words';

export interface Choice {
  value: string;
  label: string;
}

/** What the wallets, tiers and the rest of a document are called. */
export function namesOf(document: Document, language: string) {
  const mapped = (parts: Record<string, { label?: Texts | null }> | undefined): Choice[] =>
    Object.entries(parts ?? {}).map(([id, part]) => ({ value: id, label: said(part.label, language, spelled(id)) }));
  return {
    wallets: mapped(document.wallets),
    segments: mapped(document.segments),
    tiers: (document.ladders ?? []).flatMap((ladder) => ladder.tiers.map((tier) => ({ value: tier.id, label: said(tier.name, language, spelled(tier.id)) }))),
    ladders: (document.ladders ?? []).map((ladder) => ({ value: ladder.id, label: spelled(ladder.id) })),
    rules: rulesOf(document).map(({ rule }) => ({ value: rule.id, label: said(rule.label, language, spelled(rule.id)) })),
    rewards: rewardsOf(document).map(({ reward }) => ({ value: reward.id, label: said(reward.name, language, spelled(reward.id)) })),
    campaigns: (document.campaigns ?? []).map((campaign) => ({ value: campaign.id, label: said(campaign.label, language, spelled(campaign.id)) })),
    consents: (document.consents ?? []).map((consent) => ({ value: consent.id, label: said(consent.text, language, spelled(consent.id)) })),
    kinds: mapped(document.reward_kinds),
    groups: Object.keys(document.stacking?.groups ?? {}).map((id) => ({ value: id, label: spelled(id) })),
  };
}

/** The same for the form one is in, with what rules can be on. */
export function useNames() {
  const { document, events } = useForm();
  const { language } = useDraftWords();
  return useMemo(
    () => ({
      ...namesOf(document, language),
      events: Object.entries(events).map(([value, label]) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) })),
    }),
    [document, events, language],
  );
}
