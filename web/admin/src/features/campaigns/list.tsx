// Campaigns with what is left of their budgets and what they led to.
import { Badge, Button, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { api, type Schemas } from '@api';
import { dayName, periodName, today as todayOf } from '@shared/days';
import { usePublished } from '@shared/draft/bar';
import { said, type Campaign } from '@shared/draft/document';
import { LineMenu } from '@shared/draft/lines';
import { useTold, type Draft } from '@shared/draft/state';
import { StopDialog, useSwitchOf } from '@shared/draft/switches';
import { money, whole } from '@shared/format';
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

const consists = (campaign: Campaign): boolean => (campaign.earning ?? []).length + (campaign.rewards ?? []).length > 0;

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
      {told.data === undefined && !told.isError ? (
        <Skeleton height={20} mb="sm" radius="sm" aria-hidden />
      ) : (
        <Text size="sm" mb="sm">
          {parts.length > 0 ? parts.slice(0, 3).join(' ') : consists(campaign) ? '' : t('noParts')}
        </Text>
      )}
      <Stack gap="xs" mt="auto">
        <Budgets program={program} campaign={campaign} today={today} />
        {isLive ? <ResultsLine program={program} campaign={campaign} /> : null}
      </Stack>
      {stopping ? <StopDialog program={program} target={{ kind: 'campaign', id: campaign.id, name }} onClose={() => setStopping(false)} /> : null}
    </Card>
  );
}

/** The budgets of a campaign and of its parts: used, left, and until when it lasts. */
export function Budgets({ program, campaign, today }: { program: string; campaign: Campaign; today: string }) {
  const budgets = useBudgets(program);
  const ids = new Set([`campaign:${campaign.id}`, ...(campaign.earning ?? []).map((each) => `rule:${each.id}`), ...(campaign.rewards ?? []).map((each) => `reward:${each.id}`)]);
  const mine = (budgets.data?.items ?? []).filter((each) => ids.has(each.budget) || each.budget === campaign.id);
  return mine.map((each) => <BurnDown key={`${each.budget} ${each.measure}`} budget={each} dates={campaignSpan(campaign)} today={today} />);
}

function BurnDown({ budget, dates, today }: { budget: Schemas['BurnDownOut']; dates: ReturnType<typeof campaignSpan>; today: string }) {
  const { t, language } = useCampaignWords();
  const card = useProgram();
  const isMoney = budget.measure === 'discount' || budget.measure === 'order_value' || budget.measure === 'value';
  const shown = (value: number) => (isMoney ? money(value, card?.currency ?? 'EUR', language) : whole(value, language));
  const known = ['points', 'times', 'members', 'order_value', 'redemptions', 'discount'] as const;
  const what = known.find((each) => each === budget.measure);
  const phase = phaseOf(dates, today);
  // Of a campaign that runs, how long it lasts; before it nothing is used, and afterwards nothing more.
  const outlook = (): string => {
    if (phase === 'planned') {
      return t('notBegun', { when: dayName(dates.from ?? today, language) });
    }
    if (budget.left <= 0) {
      return t('spent');
    }
    return phase === 'over' ? t('ended', { left: shown(budget.left) }) : budget.runs_out_on === null ? t('lasts') : t('runsOut', { when: dayName(budget.runs_out_on, language) });
  };
  const period = budget.period_from === null || budget.period_through === null ? null : periodName(budget.period_from, budget.period_through, language);
  const title = phase !== 'running' ? t('budget') : period === null ? t('budgetAll') : t('budgetIn', { period });
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        <Text size="xs">
          {t('used', { used: shown(budget.used), most: shown(budget.most), what: what === undefined ? '' : t(`m_${what}`) })}
        </Text>
      </Group>
      <Progress value={Math.min(100, budget.share)} size="sm" color={budget.share >= 100 ? 'red' : budget.share >= 80 ? 'orange' : 'puntal'} aria-label={`${title} ${budget.share} %`} />
      <Text size="xs" c="dimmed" mt={2}>
        {outlook()}
      </Text>
    </div>
  );
}
