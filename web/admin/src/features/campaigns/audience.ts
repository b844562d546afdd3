// Whom a campaign is for, by the names of its segments.
import type { Campaign, Document } from '@shared/draft/document';
import { namesOf } from '@shared/draft/names';
import { spelled } from '@shared/names';
import type { Language } from '@shared/words';
import type { useCampaignWords } from './words';

type T = ReturnType<typeof useCampaignWords>['t'];

/** "for Families or Students, not for Staff"; nothing where it is for everyone. */
export function audienceWords(campaign: Campaign, document: Document, t: T, language: Language): string {
  const { segments } = namesOf(document, language);
  const named = (ids: readonly string[] | undefined) => (ids ?? []).map((id) => segments.find((each) => each.value === id)?.label ?? spelled(id)).join(t('or'));
  const [any, none] = [named(campaign.audience?.any), named(campaign.audience?.none)];
  return [any === '' ? '' : t('forWhom', { who: any }), none === '' ? '' : t('notFor', { who: none })].filter((each) => each !== '').join(', ');
}
