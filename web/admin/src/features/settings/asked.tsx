// What a request is about, as whoever decides it needs it: whom, how much, what it makes, why, and who asked when.
import { Anchor, List, Stack, Table, Text } from '@mantine/core';
import type { Schemas } from '@api';
import { moment, money, whole } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { Link, useParams } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useSettingsWords } from './words';

type Approval = Schemas['ApprovalOut'];
type About = Schemas['AskedOut'];

/** Amounts of what a request is about, money with its sign and points with what they are called. */
export function useAskedAmounts(about: About | null): { bare: (units: number) => string; named: (units: number) => string } {
  const { language } = useSettingsWords();
  const bare = (units: number): string => {
    if (about?.currency) {
      return money(units, about.currency, language);
    }
    const scale = about?.scale ?? 0;
    return scale === 0
      ? whole(units, language)
      : new Intl.NumberFormat(language, { minimumFractionDigits: scale, maximumFractionDigits: scale, useGrouping: 'always' } as Intl.NumberFormatOptions).format(units / 10 ** scale);
  };
  const wallet = about?.wallet?.[language] ?? '';
  return { bare, named: (units) => (about?.currency || wallet === '' ? bare(units) : `${bare(units)} ${wallet.charAt(0).toLocaleLowerCase()}${wallet.slice(1)}`) };
}

const signOf = (units: number): string => (units > 0 ? '+' : units < 0 ? '−' : '');

/** Everything there is to know before saying yes, line by line. */
export function Asked({ approval }: { approval: Approval }) {
  const { t, language } = useSettingsWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const about = approval.about;
  const amounts = useAskedAmounts(about);
  const lines: [string, ReactNode][] = [];
  if (about?.member_id) {
    lines.push([t('asks.member'), <Member key="member" about={about} />]);
  }
  if (about?.wallet) {
    lines.push([t('asks.wallet'), capital(about.wallet[language])]);
  }
  if (about && about.amount !== null) {
    lines.push([t('asks.amount'), `${signOf(about.amount)}${amounts.named(Math.abs(about.amount))}`]);
  }
  if (about && about.before !== null) {
    lines.push([about.card === null ? t('asks.balance') : t('asks.onCard'), about.after === null ? amounts.bare(about.before) : `${amounts.bare(about.before)} → ${amounts.bare(about.after)}`]);
  }
  if (about?.card) {
    lines.push([t('asks.card'), `…${about.card}`]);
  }
  if (about?.reward) {
    lines.push([t('asks.reward'), about.reward[language]]);
  }
  if (about && about.count !== null) {
    lines.push([t('asks.count'), whole(about.count, language)]);
  }
  if (about?.batch) {
    lines.push([t('asks.batch'), about.batch]);
  }
  if (about?.worth_currency && about.worth_minor !== null) {
    lines.push([t('asks.worth'), money(about.worth_minor, about.worth_currency, language)]);
  }
  if (about?.reason) {
    lines.push([t('asks.reason'), `“${about.reason}”`]);
  }
  if (about?.internal) {
    lines.push([t('asks.internal'), about.internal]);
  }
  if (about && about.changes.length > 0) {
    lines.push([t('asks.changes'), <Changes key="changes" about={about} />]);
  }
  lines.push([t('asks.by'), approval.asked_by_name ?? approval.asked_by]);
  lines.push([t('asks.when'), moment(approval.asked_at, zone, language)]);
  if (approval.state === 'waiting' && approval.expires_at !== null) {
    lines.push([t('asks.until'), moment(approval.expires_at, zone, language)]);
  }
  return (
    <Table withRowBorders={false} verticalSpacing={4} fz="sm" layout="fixed">
      <Table.Tbody>
        {lines.map(([label, value]) => (
          <Table.Tr key={label}>
            <Table.Th scope="row" pl={0} w="38%" fw={400} c="dimmed" style={{ verticalAlign: 'top' }}>
              {label}
            </Table.Th>
            <Table.Td pr={0} style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The same in a line or two, for the list. */
export function AskedInShort({ approval }: { approval: Approval }) {
  const { t, language } = useSettingsWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const about = approval.about;
  const amounts = useAskedAmounts(about);
  const facts = [
    about && about.before !== null && about.after !== null ? t('asks.becomes', { before: amounts.bare(about.before), after: amounts.bare(about.after) }) : null,
    about?.worth_currency && about.worth_minor !== null ? t('asks.worthAbout', { amount: money(about.worth_minor, about.worth_currency, language) }) : null,
    about?.internal ? t('asks.note', { text: about.internal }) : null,
  ].filter((each) => each !== null);
  return (
    <Stack gap={0}>
      <Text size="sm" fw={500}>
        {approval.summary?.[language] ?? approval.action}
      </Text>
      {facts.length === 0 ? null : <Text size="sm">{facts.join(' · ')}</Text>}
      <Text size="xs" c="dimmed">
        {t('askedBy', { name: approval.asked_by_name ?? approval.asked_by, when: moment(approval.asked_at, zone, language) })}
        {about?.member_id ? (
          <Fragment>
            {' · '}
            <Member about={about} />
          </Fragment>
        ) : null}
      </Text>
    </Stack>
  );
}

function Member({ about }: { about: About }) {
  const { t } = useSettingsWords();
  const { program = '' } = useParams({ strict: false });
  const may = useMay();
  if (about.member_id === null) {
    return null;
  }
  const name = about.member ?? t('asks.noName');
  return may('members:read') ? (
    <Anchor fz="inherit" underline="always" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: about.member_id ?? '' }} {...props} />}>
      {name}
    </Anchor>
  ) : (
    <>{t('asks.aMember')}</>
  );
}

function Changes({ about }: { about: About }) {
  const { language } = useSettingsWords();
  return (
    <List size="sm" spacing={4}>
      {about.changes.map((each) => (
        <List.Item key={each.en}>{each[language]}</List.Item>
      ))}
    </List>
  );
}

const capital = (name: string): string => name.charAt(0).toLocaleUpperCase() + name.slice(1);
