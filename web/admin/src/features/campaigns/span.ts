// Days of the program's zone, and where things stand among them.
import { plusDays, today } from '@shared/days';
import type { Campaign, Document } from '@shared/draft/document';
import { said } from '@shared/draft/document';
import type { Schemas } from '@api';

export type Kind = 'campaigns' | 'rules' | 'rewards' | 'batches';

export interface Dated {
  kind: Kind;
  id: string;
  name: string;
  /** First and last local day; null is open. */
  from: string | null;
  through: string | null;
}

export type Phase = 'planned' | 'running' | 'over';

/** Saturday and Sunday of this week. */
export function weekendOf(day: string): [string, string] {
  const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
  const saturday = weekday === 6 ? day : plusDays(day, Math.max(0, 5 - weekday));
  return [saturday, weekday === 6 ? day : plusDays(saturday, 1)];
}

export function endOfMonth(day: string): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

export function phaseOf({ from, through }: Pick<Dated, 'from' | 'through'>, today: string): Phase {
  return from !== null && from > today ? 'planned' : through !== null && through < today ? 'over' : 'running';
}

export function campaignSpan(campaign: Campaign): Pick<Dated, 'from' | 'through'> {
  return { from: campaign.from?.slice(0, 10) ?? null, through: campaign.through?.slice(0, 10) ?? null };
}

/** Everything of a document and the batches that has a beginning or an end. */
export function datedOf(document: Document, batches: Schemas['VoucherBatchOut'][], zone: string, language: string): Dated[] {
  const dated = (part: { from?: string | null; through?: string | null }) => Boolean(part.from ?? part.through);
  const span = (part: { from?: string | null; through?: string | null }) => ({ from: part.from?.slice(0, 10) ?? null, through: part.through?.slice(0, 10) ?? null });
  return [
    ...(document.campaigns ?? []).map((each) => ({ kind: 'campaigns' as const, id: each.id, name: said(each.label, language, each.id), ...campaignSpan(each) })),
    ...(document.earning ?? []).filter(dated).map((each) => ({ kind: 'rules' as const, id: each.id, name: said(each.label, language, each.id), ...span(each) })),
    ...(document.rewards ?? []).filter(dated).map((each) => ({ kind: 'rewards' as const, id: each.id, name: said(each.name, language, each.id), ...span(each) })),
    ...batches
      .filter((each) => each.state !== 'void')
      .map((each) => ({ kind: 'batches' as const, id: each.id, name: each.name, from: today(each.valid_from, zone), through: each.ends_at === null ? null : today(each.ends_at, zone) })),
  ];
}
