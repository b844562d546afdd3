// What a line of the log is about: the thing by its name with a way there, the member, the amount, and what was noted.
import { Anchor } from '@mantine/core';
import type { Schemas } from '@api';
import { money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useOrderName } from '@shared/orders';
import { useProgram } from '@shared/session';
import { Link, useParams } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useSettingsWords } from './words';

type Entry = Schemas['AuditEntryOut'];

/** Values that people read as they are; digests, ids and instants are for machines. */
const PLAIN = ['name', 'note', 'reason', 'role', 'email', 'host'];
const KINDS: readonly Schemas['ExportOut']['kind'][] = ['members', 'orders', 'transfers', 'redemptions', 'vouchers', 'events', 'audit'];
/** Where things of a program are seen, below its address. */
const PLACES: Record<string, string> = {
  campaign: 'campaigns', reward: 'rewards', rule: 'program', program: 'program', revision: 'program?tab=history', draft: 'program', goal: '', export: 'settings/exports', report: 'insight?tab=reports',
  benchmarks: 'insight?tab=benchmarks', benchmark: 'insight?tab=benchmarks', webhook_endpoint: 'settings/webhooks', staff: 'settings/people', key: 'settings/keys', store: 'settings/stores', role: 'settings/roles', approval: 'settings/approvals',
};

export function useAuditDetail(): (row: Entry) => ReactNode {
  const { t, language } = useSettingsWords();
  const { program = '' } = useParams({ strict: false });
  const names = useNames();
  const orders = useOrderName();
  const currency = useProgram()?.currency ?? 'EUR';
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const named = (kind: string, id: string | undefined): string | undefined => {
    switch (kind) {
      case 'campaign':
        return names.campaign(id ?? '');
      case 'reward':
        return names.reward(id ?? '');
      case 'rule':
        return names.rule(id ?? '');
      case 'revision':
        return t('logRevision', { number: Number(id) });
      case 'draft':
        return t('logDraft');
      default:
        // Of what has no name but an id, the action says what it is.
        return id === undefined || /^[0-9a-f-]{32,36}$/.test(id) ? undefined : id;
    }
  };
  const amount = (detail: Entry['detail']): string | undefined => {
    const wallet = text(detail['wallet']);
    if (typeof detail['amount_minor'] === 'number') {
      return money(detail['amount_minor'], currency, language);
    }
    if (typeof detail['amount'] !== 'number') {
      return undefined;
    }
    return wallet === undefined ? whole(detail['amount'], language) : names.isMoney(wallet) ? money(detail['amount'], currency, language) : `${whole(detail['amount'], language)} ${names.units(wallet, detail['amount'])}`;
  };
  const exported = (detail: Entry['detail']): string | undefined => {
    const rows = KINDS.find((each) => each === detail['kind']);
    return rows === undefined ? undefined : `${t(`kindOf.${rows}`)} · ${detail['format'] === 'xlsx' ? 'Excel' : 'CSV'}`;
  };
  return ({ subject, detail }) => {
    const [kind = '', id] = subject.split(':', 2);
    const name = named(kind, id);
    const place = PLACES[kind];
    const member = kind === 'member' ? id : text(detail['member']);
    const mode = text(detail['mode']);
    const told: ReactNode[] = [
      name === undefined ? null : place === undefined ? (
        name
      ) : (
        <Anchor size="xs" underline="always" href={`/admin/p/${program}/${place}`}>
          {name}
        </Anchor>
      ),
      member === undefined ? null : (
        <Anchor size="xs" underline="always" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member }} search={{}} {...props} />}>
          {t('logMember')}
        </Anchor>
      ),
      kind === 'export' ? exported(detail) : undefined,
      amount(detail),
      kind !== 'reward' && text(detail['reward']) !== undefined ? names.reward(String(detail['reward'])) : undefined,
      text(detail['order']) === undefined ? undefined : orders.order(String(detail['source'] ?? ''), String(detail['order'])),
      text(detail['order']) === undefined && text(detail['store']) !== undefined ? t('logStore', { store: orders.store(String(detail['store'])) }) : undefined,
      mode === 'stop_new' || mode === 'stop_and_void' ? t(`logModes.${mode}`) : undefined,
      typeof detail['days'] === 'number' ? t('logDays', { count: detail['days'] }) : undefined,
      typeof detail['count'] === 'number' ? whole(detail['count'], language) : undefined,
      ...PLAIN.map((each) => text(detail[each])),
    ].filter((each) => each !== undefined && each !== null);
    return told.map((each, at) => (
      <Fragment key={at}>
        {at === 0 ? '' : ' · '}
        {each}
      </Fragment>
    ));
  };
}
