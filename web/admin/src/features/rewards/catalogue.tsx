// The catalogue as cards: what each reward is, costs, has left and how often it is taken.
import { Badge, Button, Card, Group, Image, Progress, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { api, type Schemas } from '@api';
import { rewardsOf, said, type Reward } from '@shared/draft/document';
import { LineMenu } from '@shared/draft/lines';
import { useTold, type Draft } from '@shared/draft/state';
import { StopDialog } from '@shared/draft/switches';
import { money, whole } from '@shared/format';
import { spelled } from '@shared/names';
import { pictureOf } from '@shared/picture';
import { useMay, useProgram } from '@shared/session';
import { Empty, Waiting } from '@shared/ui';
import { IconGift, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { WaitingList } from './waiting';
import { useRewardWords } from './words';

/** From so many rewards on one looks for them. */
const MANY = 9;

interface Props {
  program: string;
  draft: Draft;
  onEdit: (place: string) => void;
}

export default function Catalogue({ program, draft, onEdit }: Props) {
  const { t, language } = useRewardWords();
  const [asked, setAsked] = useState('');
  const [all, setAll] = useState(false);
  const may = useMay();
  const { waiting } = useSearch({ from: '/signed-in/p/$program/rewards' });
  const navigate = useNavigate({ from: '/p/$program/rewards' });
  const told = useTold(program, draft.document);
  const live = api.useQuery('get', '/v1/programs/{program}/rewards', { params: { path: { program } } }, { retry: false });
  const ranking = api.useQuery('get', '/v1/programs/{program}/reports/rewards', { params: { path: { program } } }, { enabled: may('reports:read'), retry: false });
  const rewards = rewardsOf(draft.document);
  if (rewards.length === 0) {
    return (
      <Empty
        icon={<IconGift size={40} stroke={1.2} />}
        title={t('none')}
        text={t('noneText')}
        action={may('program:write') ? <Button onClick={() => onEdit('/rewards/+')}>{t('add')}</Button> : undefined}
      />
    );
  }
  if (live.isPending) {
    return <Waiting rows={6} height={64} />;
  }
  const nameOf = (reward: Reward) => said(reward.name, language, spelled(reward.id));
  const found = rewards.filter(({ reward }) => nameOf(reward).toLowerCase().includes(asked.trim().toLowerCase()));
  const open = found.filter(({ reward }) => reward.listed !== false && !reward.retired);
  const aside = found.filter(({ reward }) => reward.listed === false || reward.retired);
  const cards = (some: typeof rewards) => (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
      {some.map(({ reward, place, campaign }) => (
        <RewardCard
          key={reward.id}
          program={program}
          draft={draft}
          place={place}
          reward={reward}
          campaign={campaign === undefined ? undefined : said(campaign.label, language, spelled(campaign.id))}
          sentence={told.data?.sentences.find((each) => each.section === 'rewards' && each.id === reward.id)?.words}
          live={live.data?.items.find((each) => each.id === reward.id)}
          times={ranking.data === undefined ? undefined : (ranking.data.items.find((each) => each.reward === reward.id)?.redemptions ?? 0)}
          onEdit={onEdit}
          onWaiting={() => void navigate({ search: (now) => ({ ...now, waiting: reward.id }) })}
        />
      ))}
    </SimpleGrid>
  );
  return (
    <Stack gap="md">
      {rewards.length < MANY ? null : (
        <TextInput aria-label={t('search')} placeholder={t('search')} value={asked} onChange={(event) => setAsked(event.currentTarget.value)} leftSection={<IconSearch size={16} />} maw={360} />
      )}
      {found.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noMatch')}
        </Text>
      ) : null}
      {cards(open)}
      {aside.length === 0 ? null : aside.length < MANY || asked !== '' ? (
        cards(aside)
      ) : (
        <>
          <Group>
            <Button size="xs" variant="default" h="auto" mih={30} py={6} styles={{ label: { whiteSpace: 'normal' } }} aria-expanded={all} onClick={() => setAll(!all)}>
              {t(all ? 'hideAside' : 'showAside', { count: aside.length })}
            </Button>
          </Group>
          {all ? cards(aside) : null}
        </>
      )}
      {waiting === undefined ? null : <WaitingList program={program} reward={waiting} onClose={() => void navigate({ search: ({ waiting: _, ...now }) => now })} />}
    </Stack>
  );
}

interface CardProps {
  program: string;
  draft: Draft;
  place: string;
  reward: Reward;
  campaign: string | undefined;
  sentence: string | undefined;
  live: Schemas['RewardOut'] | undefined;
  /** Taken in the last 30 days; undefined: not known, or not for this person to know. */
  times: number | undefined;
  onEdit: (place: string) => void;
  onWaiting: () => void;
}

const COLORS = { on: 'teal', off: 'gray', stopped: 'red', retired: 'gray' } as const;

function RewardCard({ program, draft, place, reward, campaign, sentence, live, times, onEdit, onWaiting }: CardProps) {
  const { t, language } = useRewardWords();
  const [stopping, setStopping] = useState(false);
  const name = said(reward.name, language, spelled(reward.id));
  const image = pictureOf(typeof reward.image === 'string' ? reward.image : live?.image);
  return (
    <Card withBorder padding="md" component="article" aria-label={name}>
      {image ? (
        <Card.Section mb="sm">
          <Image src={image} h={140} fit="cover" alt="" loading="lazy" />
        </Card.Section>
      ) : null}
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <UnstyledButton onClick={() => onEdit(place)}>
          <Text fw={650}>{name}</Text>
        </UnstyledButton>
        <LineMenu program={program} draft={draft} place={place} name={name} isSingle={false} onEdit={onEdit} onStop={live?.status === 'on' ? () => setStopping(true) : undefined} />
      </Group>
      <Group gap={6} mb={6}>
        <Badge size="sm" variant="light" tt="none" color={live === undefined ? 'blue' : COLORS[live.status]}>
          {live === undefined ? t('unpublished') : t(live.status)}
        </Badge>
        {campaign === undefined ? null : <Badge size="sm" variant="light" tt="none">{campaign}</Badge>}
        {reward.listed === false ? <Badge size="sm" variant="light" tt="none" color="gray">{t('unlisted')}</Badge> : null}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {sentence}
      </Text>
      <Stack gap="xs" mt="auto">
        {(live?.room ?? []).map((room) => (
          <Room key={`${room.name} ${room.measure} ${room.session ?? ''}`} room={room} />
        ))}
        <Group justify="space-between">
          <Text size="sm">
            {times === undefined ? '' : times === 0 ? t('notTaken') : t('taken', { count: times, n: whole(times, language) })}
          </Text>
          {reward.experience?.waitlist ? (
            <Button size="compact-xs" variant="light" onClick={onWaiting}>
              {t('waiting')}
            </Button>
          ) : null}
        </Group>
      </Stack>
      {stopping ? <StopDialog program={program} target={{ kind: 'reward', id: reward.id, name }} onClose={() => setStopping(false)} /> : null}
    </Card>
  );
}

function Room({ room }: { room: Schemas['RoomOut'] }) {
  const { t, language } = useRewardWords();
  const card = useProgram();
  const isMoney = room.measure === 'discount' || room.measure === 'order_value';
  const shown = (value: number) => (isMoney ? money(value, card?.currency ?? 'EUR', language) : whole(value, language));
  const share = room.most === 0 ? 100 : Math.min(100, Math.floor((100 * room.used) / room.most));
  const label = room.session ? `${t(room.name)} · ${room.session}` : t(room.name);
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Text size="xs">
          {room.name === 'stock' ? t('left', { left: shown(room.most - room.used), most: shown(room.most) }) : t('usedOf', { used: shown(room.used), most: shown(room.most) })}
        </Text>
      </Group>
      <Progress value={share} size="sm" color={share >= 100 ? 'red' : share >= 80 ? 'orange' : 'puntal'} aria-label={label} />
    </div>
  );
}

