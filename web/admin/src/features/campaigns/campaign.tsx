// One campaign: its parts, budgets and results.
import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { today as todayOf } from '@shared/days';
import { useCross } from '@shared/draft/close';
import { said } from '@shared/draft/document';
import { Line } from '@shared/draft/lines';
import { useTold, type Draft } from '@shared/draft/state';
import { useMay, useProgram } from '@shared/session';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { Budgets } from './list';
import { Results } from './results';
import { audienceWords } from './audience';
import { campaignSpan } from './span';
import { spanWords } from './timeline';
import { useCampaignWords } from './words';

interface Props {
  program: string;
  draft: Draft;
  id: string;
  onEdit: (place: string) => void;
  onClose: () => void;
}

export function CampaignDrawer({ program, draft, id, onEdit, onClose }: Props) {
  const { t, language } = useCampaignWords();
  const cross = useCross();
  const card = useProgram(program);
  const may = useMay();
  const told = useTold(program, draft.document);
  const campaign = (draft.document.campaigns ?? []).find((each) => each.id === id);
  if (campaign === undefined) {
    return null;
  }
  const name = said(campaign.label, language, id);
  const shared = { program, draft, told: told.data, onEdit };
  const parts = (campaign.earning ?? []).length + (campaign.rewards ?? []).length;
  return (
    <Drawer opened onClose={onClose} closeButtonProps={cross} position="right" size="lg" title={<Text fw={650}>{name}</Text>}>
      <Stack gap="lg">
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {[spanWords(campaignSpan(campaign), t, language), audienceWords(campaign, draft.document, t, language), campaign.holdout ? t('holdout', { share: campaign.holdout }) : ''].filter((each) => each !== '').join(' · ')}
          </Text>
          {may('program:write') ? (
            <Button size="xs" variant="default" leftSection={<IconPencil size={14} />} onClick={() => onEdit(`/campaigns/${id}`)}>
              {t('edit')}
            </Button>
          ) : null}
        </Group>
        <Stack gap="xs">
          <Budgets program={program} campaign={campaign} today={todayOf(card?.now ?? new Date().toISOString(), card?.timezone ?? 'UTC')} />
        </Stack>
        <Stack gap="xs" component="section" aria-label={t('results')}>
          <Title order={3}>{t('results')}</Title>
          <Results program={program} campaign={campaign} />
        </Stack>
        <Stack gap="xs" component="section" aria-label={t('parts')}>
          <Title order={3}>{t('parts')}</Title>
          {parts === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noParts')}
            </Text>
          ) : null}
          {(campaign.earning ?? []).map((rule) => (
            <Line key={rule.id} {...shared} place={`/campaigns/${id}/earning/${rule.id}`} name={said(rule.label, language, rule.id)} stops="rule" />
          ))}
          {(campaign.rewards ?? []).map((reward) => (
            <Line key={reward.id} {...shared} place={`/campaigns/${id}/rewards/${reward.id}`} name={said(reward.name, language, reward.id)} stops="reward" />
          ))}
          {may('program:write') ? (
            <Group gap="xs">
              <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onEdit(`/campaigns/${id}/earning/+`)}>
                {t('addRule')}
              </Button>
              <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onEdit(`/campaigns/${id}/rewards/+`)}>
                {t('addReward')}
              </Button>
            </Group>
          ) : null}
        </Stack>
      </Stack>
    </Drawer>
  );
}
