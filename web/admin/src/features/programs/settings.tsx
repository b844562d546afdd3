// What holds for the whole program: name, joining, policies, fields, consents.
import { Stack } from '@mantine/core';
import { said } from '@shared/draft/document';
import { Line, Section } from '@shared/draft/lines';
import type { Draft, Told } from '@shared/draft/state';
import { choiceOf, useDraftWords } from '@shared/draft/words';
import { Nothing } from './rules';
import { useProgramWords } from './words';

interface Props {
  program: string;
  draft: Draft;
  told: Told | undefined;
  onEdit: (place: string) => void;
}

export default function Settings({ program, draft, told, onEdit }: Props) {
  const { t, language } = useProgramWords();
  const words = useDraftWords();
  const { document } = draft;
  const shared = { program, draft, told, onEdit };
  const phase = typeof document.phase === 'string' ? document.phase : 'live';
  const languages = new Intl.DisplayNames([language], { type: 'language' });
  const list = new Intl.ListFormat(language).format((document.locales ?? ['en']).map((each) => languages.of(each) ?? each));
  const fields = Object.entries(document.fields ?? {});
  const events = Object.entries(document.events ?? {});
  return (
    <>
      <Section title={t('basics')} about={t('basicsAbout')}>
        <Stack gap="xs">
          <Line {...shared} isSingle place="/" name={said(document.name, language)} words={`${choiceOf(words.t, 'phase', phase)}. ${t('languages', { list })} ${document.timezone}, ${document.currency}.`} />
        </Stack>
      </Section>
      <Section title={t('joining')} about={t('joiningAbout')}>
        <Stack gap="xs">
          <Line {...shared} isSingle place="/joining" name={t('joining')} words={t('joinedBy', { what: choiceOf(words.t, 'unknown_customer', document.joining?.unknown_customer ?? 'guest').toLowerCase() })} />
          <Line
            {...shared}
            isSingle
            place="/orders"
            name={t('ordersRow')}
            words={t('earnWhen', { when: choiceOf(words.t, 'earn_when', document.orders?.earn_when ?? 'paid').toLowerCase(), late: document.orders?.late_events ?? '30 days' })}
          />
          <Line {...shared} isSingle place="/policies" name={t('policiesRow')} words={choiceOf(words.t, 'multipliers', document.policies?.multipliers ?? 'best')} />
          <Line {...shared} isSingle place="/stacking" name={t('stackingRow')} words={choiceOf(words.t, 'conflict', document.stacking?.conflict ?? 'best_for_member')} />
          <Line {...shared} isSingle place="/till" name={t('tillRow')} words={(document.till?.receipt ?? ['earned', 'used', 'balance', 'next_reward']).map((each) => choiceOf(words.t, 'receipt', each)).join(' · ')} />
        </Stack>
      </Section>
      <Section title={t('consents')} about={t('consentsAbout')} add={t('addConsent')} onAdd={() => onEdit('/consents/+')}>
        <Stack gap="xs">
          {(document.consents ?? []).map((consent) => (
            <Line key={consent.id} {...shared} place={`/consents/${consent.id}`} name={said(consent.text, language, consent.id)} words={(consent.channels ?? []).map((each) => choiceOf(words.t, 'channels', each)).join(' · ')} />
          ))}
        </Stack>
      </Section>
      <Section title={t('fields')} about={t('fieldsAbout')} add={t('addField')} onAdd={() => onEdit('/fields/+')}>
        <Stack gap="xs">
          {fields.length === 0 && events.length === 0 ? <Nothing text={t('noFields')} /> : null}
          {fields.map(([id, field]) => (
            <Line key={id} {...shared} place={`/fields/${id}`} name={said(field.label, language, id)} words={[id, choiceOf(words.t, 'type', field.type), ...(field.choices ?? [])].join(' · ')} />
          ))}
          {events.map(([id, event]) => (
            <Line key={id} {...shared} place={`/events/${id}`} name={said(event.label, language, id)} words={[id, ...Object.keys(event.fields ?? {})].join(' · ')} />
          ))}
        </Stack>
      </Section>
      <Section title={t('pools')} about={t('poolsAbout')} add={t('addPool')} onAdd={() => onEdit('/pools/+')}>
        <Stack gap="xs">
          {Object.entries(document.pools ?? {}).map(([id, pool]) => (
            <Line key={id} {...shared} place={`/pools/${id}`} name={id} words={pool.wallets.join(' · ')} />
          ))}
        </Stack>
      </Section>
      <Section title={t('kinds')} about={t('kindsAbout')} add={t('addKind')} onAdd={() => onEdit('/reward_kinds/+')}>
        <Stack gap="xs">
          {Object.entries(document.reward_kinds ?? {}).map(([id, kind]) => (
            <Line key={id} {...shared} place={`/reward_kinds/${id}`} name={said(kind.label, language, id)} words={Object.keys(kind.fields ?? {}).join(' · ')} />
          ))}
        </Stack>
      </Section>
    </>
  );
}
