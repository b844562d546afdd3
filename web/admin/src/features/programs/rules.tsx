// What members earn, as cards with a sentence each.
import { Box, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { today } from '@shared/days';
import { counted, rulesOf, said, steps, type Campaign, type Document } from '@shared/draft/document';
import { Line, Section } from '@shared/draft/lines';
import type { Draft, Told } from '@shared/draft/state';
import { whole } from '@shared/format';
import { spelled, useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { phaseOf, RuleBadges, useBudgets } from './rule-badges';
import { useProgramWords } from './words';

/** From so many rules on one looks for them. */
const MANY = 8;
const ORDER = { running: 0, planned: 1, over: 2 } as const;

function campaignOf(document: Document, place: string): Campaign | undefined {
  const [section, id] = steps(place);
  return section === 'campaigns' ? (document.campaigns ?? []).find((each) => each.id === id) : undefined;
}

/** Whether a text has every word that is looked for, accents and capitals aside. */
function matches(text: string, asked: string): boolean {
  const plain = (written: string) => written.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain(asked).split(/\s+/).every((word) => plain(text).includes(word));
}

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

interface Props {
  program: string;
  draft: Draft;
  told: Told | undefined;
  onEdit: (place: string) => void;
}

export default function Rules({ program, draft, told, onEdit }: Props) {
  const { t, language } = useProgramWords();
  const { document } = draft;
  const shared = { program, draft, told, onEdit };
  const now = useProgram(program)?.now;
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const day = now === undefined ? undefined : today(now, zone);
  const [asked, setAsked] = useState('');
  const sentenceOf = (place: string) => told?.sentences.find((each) => each.path === counted(document, place))?.words ?? '';
  const rules = rulesOf(document)
    .map(({ rule, place }) => ({ rule, place, name: said(rule.label, language, spelled(rule.id)), campaign: campaignOf(document, place), phase: phaseOf(rule, day) }))
    .sort((one, other) => ORDER[one.phase] - ORDER[other.phase]);
  const shown = rules.filter((each) => matches(`${each.name} ${sentenceOf(each.place)} ${each.campaign === undefined ? '' : said(each.campaign.label, language)}`, asked));
  return (
    <>
      <Section title={t('earning')} about={t('earningAbout')} add={t('addRule')} onAdd={() => onEdit('/earning/+')}>
        <Stack gap="xs">
          {rules.length === 0 ? <Nothing text={t('noRules')} /> : null}
          {rules.length < MANY ? null : (
            <TextInput
              aria-label={t('searchRules')}
              placeholder={t('searchRules')}
              value={asked}
              onChange={(event) => setAsked(event.currentTarget.value)}
              leftSection={<IconSearch size={16} />}
              maw={360}
            />
          )}
          {rules.length > 0 && shown.length === 0 ? <Nothing text={t('noMatch')} /> : null}
          {shown.map(({ rule, place, name, campaign, phase }) => (
            <Box key={place} opacity={phase === 'over' ? 0.75 : 1}>
              <Line
                {...shared}
                place={place}
                name={name}
                stops="rule"
                badge={<RuleBadges program={program} rule={rule} phase={phase} campaign={campaign === undefined ? undefined : said(campaign.label, language, spelled(campaign.id))} />}
              />
            </Box>
          ))}
        </Stack>
      </Section>
      <Section title={t('wallets')} about={t('walletsAbout')} add={t('addWallet')} onAdd={() => onEdit('/wallets/+')}>
        <Stack gap="xs">
          {Object.entries(document.wallets).map(([id, wallet]) => (
            <Line key={id} {...shared} place={`/wallets/${id}`} name={capital(said(wallet.label, language, id))} stops="wallet" />
          ))}
        </Stack>
      </Section>
      <Section title={t('tiers')} about={t('tiersAbout')} add={t('addLadder')} onAdd={() => onEdit('/ladders/+')}>
        <Stack gap="xs">
          {(document.ladders ?? []).length === 0 ? <Nothing text={t('noTiers')} /> : null}
          {(document.ladders ?? []).map((ladder, index) => (
            <Line
              key={ladder.id}
              {...shared}
              place={`/ladders/${ladder.id}`}
              name={ladder.tiers.map((tier) => said(tier.name, language, tier.id)).join(' → ')}
              words={told?.sentences.filter((each) => each.path.startsWith(`/ladders/${index}/`)).map((each) => each.words).join(' ')}
            />
          ))}
        </Stack>
      </Section>
      <Limits {...shared} document={document} />
    </>
  );
}

function Limits({ document, ...shared }: Props & { document: Document }) {
  const { t, language } = useProgramWords();
  const limits = Object.entries(document.limits ?? {});
  const names = useNames();
  const budgets = useBudgets(shared.program);
  return (
    <Section title={t('limits')} about={t('limitsAbout')} add={t('addLimit')} onAdd={() => shared.onEdit('/limits/+')}>
      <Stack gap="xs">
        {limits.length === 0 && budgets.data?.items.length === 0 ? <Nothing text={t('noLimits')} /> : null}
        {limits.map(([id, limit]) => (
          <Line key={id} {...shared} place={`/limits/${id}`} name={said(limit.label, language, spelled(id))} />
        ))}
        {(budgets.data?.items ?? []).map((each) => (
          <div key={`${each.budget} ${each.measure}`}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">{each.budget === 'program' ? t('programBudget') : names.budget(each.budget)}</Text>
              <Text size="sm" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {t('budgetLeft', { used: whole(each.used, language), most: whole(each.most, language), share: each.share })}
              </Text>
            </Group>
            <Progress size="sm" value={each.share} color={each.share >= 100 ? 'red' : each.share >= 80 ? 'orange' : 'puntal'} aria-label={names.budget(each.budget)} mt={4} />
          </div>
        ))}
      </Stack>
    </Section>
  );
}

export function Nothing({ text }: { text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
}
