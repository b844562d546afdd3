// Campaigns with what is left of their budgets and what they led to.
import { Badge, Button, Card, Group, Progress, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { api, type Schemas } from '@api';
import { today as todayOf } from '@shared/days';
import { usePublished } from '@shared/draft/bar';
import { said, type Campaign } from '@shared/draft/document';
import { LineMenu } from '@shared/draft/lines';
import { useTold, type Draft } from '@shared/draft/state';
import { StopDialog, useSwitchOf } from '@shared/draft/switches';
import { day, money, whole } from '@shared/format';
import { spelled } from '@shared/names';
import { useMay, useProgram } from '@shared/session';
import { IconPlayerStop, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ResultsLine } from './results';
import { audienceWords } from './audience';
import { campaignSpan, phaseOf } from './span';
import { spanWords } from './timeline';
import { useCampaignWords } from './words';

interface Props {
  program: string;
  draft: Draft;
  onOpen: (campaign: string) => void;
  onEdit: (place: string) => void;
}

export function useBudgets(program: string) {
  const may = useMay();
  return api.useQuery('get', '/v1/programs/{program}/reports/budgets', { params: { path: { program } } }, { enabled: may('reports:read'), retry: false });
}

export function List({ program, draft, onOpen, onEdit }: Props) {
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const now = useProgram(program)?.now;
  const today = todayOf(now ?? new Date().toISOString(), zone);
  const { t, language } = useCampaignWords();
  const [asked, setAsked] = useState('');
  const [past, setPast] = useState(false);
  const all = draft.document.campaigns ?? [];
  const found = all.filter((each) => said(each.label, language, spelled(each.id)).toLowerCase().includes(asked.trim().toLowerCase()));
  const current = found.filter((each) => phaseOf(campaignSpan(each), today) !== 'over').sort((a, b) => Number(phaseOf(campaignSpan(a), today) === 'planned') - Number(phaseOf(campaignSpan(b), today) === 'planned'));
  // The latest first: nobody looks for the oldest.
  const over = found.filter((each) => phaseOf(campaignSpan(each), today) === 'over').sort((a, b) => (b.through ?? '').localeCompare(a.through ?? ''));
  const cards = (some: Campaign[]) => (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      {some.map((campaign) => (
        <CampaignCard key={campaign.id} program={program} draft={draft} campaign={campaign} today={today} onOpen={onOpen} onEdit={onEdit} />
      ))}
    </SimpleGrid>
  );
  return (
    <Stack gap="md">
      {all.length < MANY ? null : (
        <TextInput aria-label={t('search')} placeholder={t('search')} value={asked} onChange={(event) => setAsked(event.currentTarget.value)} leftSection={<IconSearch size={16} />} maw={360} />
      )}
      {found.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noMatch')}
        </Text>
      ) : null}
      {cards(current)}
      {over.length === 0 ? null : (
        <>
          <Group>
            <Button size="xs" variant="default" aria-expanded={past || asked !== ''} onClick={() => setPast(!past)}>
              {t(past ? 'hideOver' : 'showOver', { count: over.length })}
            </Button>
          </Group>
          {past || asked !== '' ? cards(over) : null}
        </>
      )}
    </Stack>
  );
}

/** From so many campaigns on one looks for them. */
const MANY = 8;

const COLORS = { planned: 'blue', running: 'teal', over: 'gray' } as const;

function CampaignCard({ program, draft, campaign, today, onOpen, onEdit }: Props & { campaign: Campaign; today: string }) {
  const { t, language } = useCampaignWords();
  const may = useMay();
  const [stopping, setStopping] = useState(false);
  const told = useTold(program, draft.document);
  const published = usePublished(program);
  const isLive = (published.document?.campaigns ?? []).some((each) => each.id === campaign.id);
  const isOff = useSwitchOf(program, 'campaign', campaign.id) !== undefined;
  const phase = phaseOf(campaignSpan(campaign), today);
  const name = said(campaign.label, language, spelled(campaign.id));
  const place = `/campaigns/${campaign.id}`;
  const index = (draft.document.campaigns ?? []).findIndex((each) => each.id === campaign.id);
  const forWhom = audienceWords(campaign, draft.document, t, language);
  const parts = (told.data?.sentences ?? []).filter((each) => each.path.startsWith(`/campaigns/${index}/`)).map((each) => each.words);
  return (
    <Card withBorder padding="md" component="article" aria-label={name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <UnstyledButton onClick={() => onOpen(campaign.id)}>
          <Text fw={650}>{name}</Text>
        </UnstyledButton>
        <Group gap={4} wrap="nowrap">
          {isLive && !isOff && phase !== 'over' && may('switches:write') ? (
            <Button size="compact-xs" variant="light" color="red" leftSection={<IconPlayerStop size={14} />} onClick={() => setStopping(true)}>
              {t('stop')}
            </Button>
          ) : null}
          <LineMenu program={program} draft={draft} place={place} name={name} isSingle={false} onEdit={onEdit} onStop={undefined} />
        </Group>
      </Group>
      <Group gap={6} mb={6}>
        <Badge size="sm" variant="light" tt="none" color={isOff ? 'red' : isLive ? COLORS[phase] : 'blue'}>
          {isOff ? t('stopped') : isLive ? t(phase) : t('draft')}
        </Badge>
        <Text size="sm" c="dimmed">
          {spanWords(campaignSpan(campaign), t, language)}
          {forWhom === '' ? '' : ` · ${forWhom}`}
          {campaign.holdout ? ` · ${t('holdout', { share: campaign.holdout })}` : ''}
        </Text>
      </Group>
      <Text size="sm" mb="sm">
        {parts.length === 0 ? t('noParts') : parts.slice(0, 3).join(' ')}
      </Text>
      <Stack gap="xs" mt="auto">
        <Budgets program={program} campaign={campaign} />
        {isLive ? <ResultsLine program={program} campaign={campaign} /> : null}
      </Stack>
      {stopping ? <StopDialog program={program} target={{ kind: 'campaign', id: campaign.id, name }} onClose={() => setStopping(false)} /> : null}
    </Card>
  );
}

/** The budgets of a campaign and of its parts: used, left, and until when it lasts. */
export function Budgets({ program, campaign }: { program: string; campaign: Campaign }) {
  const budgets = useBudgets(program);
  const ids = new Set([`campaign:${campaign.id}`, ...(campaign.earning ?? []).map((each) => `rule:${each.id}`), ...(campaign.rewards ?? []).map((each) => `reward:${each.id}`)]);
  const mine = (budgets.data?.items ?? []).filter((each) => ids.has(each.budget) || each.budget === campaign.id);
  return mine.map((each) => <BurnDown key={`${each.budget} ${each.measure}`} budget={each} />);
}

function BurnDown({ budget }: { budget: Schemas['BurnDownOut'] }) {
  const { t, language } = useCampaignWords();
  const card = useProgram();
  const isMoney = budget.measure === 'discount' || budget.measure === 'order_value' || budget.measure === 'value';
  const shown = (value: number) => (isMoney ? money(value, card?.currency ?? 'EUR', language) : whole(value, language));
  const known = ['points', 'times', 'members', 'order_value', 'redemptions', 'discount'] as const;
  const what = known.find((each) => each === budget.measure);
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {t('budget')}
        </Text>
        <Text size="xs">
          {t('used', { used: shown(budget.used), most: shown(budget.most), what: what === undefined ? '' : t(`m_${what}`) })}
        </Text>
      </Group>
      <Progress value={Math.min(100, budget.share)} size="sm" color={budget.share >= 100 ? 'red' : budget.share >= 80 ? 'orange' : 'puntal'} aria-label={`${t('budget')} ${budget.share} %`} />
      <Text size="xs" c="dimmed" mt={2}>
        {budget.left <= 0 ? t('spent') : budget.runs_out_on === null ? t('lasts') : t('runsOut', { when: day(`${budget.runs_out_on}T12:00:00Z`, 'UTC', language) })}
      </Text>
    </div>
  );
}
