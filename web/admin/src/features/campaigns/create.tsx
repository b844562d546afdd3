// "Double points this weekend for Regulars, at most 10,000 points": a campaign with one rule, in a short form.
import { Alert, Button, Group, List, Modal, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { AmountInput } from '@shared/amount-input';
import { useCross } from '@shared/draft/close';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { DayInput } from '@shared/day-input';
import { plusDays, today as todayOf } from '@shared/days';
import { newId, put, rulesOf, type Campaign, type Document } from '@shared/draft/document';
import { namesOf } from '@shared/draft/names';
import { SavedInBetween, useSaveDraft, useTold, type Draft } from '@shared/draft/state';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconQuote } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { endOfMonth, weekendOf } from './span';
import { useCampaignWords } from './words';

export function Create({ program, draft, onClose }: { program: string; draft: Draft; onClose: () => void }) {
  const { t, language } = useCampaignWords();
  const cross = useCross();
  const navigate = useNavigate({ from: '/p/$program/campaigns' });
  const card = useProgram(program);
  const today = todayOf(card?.now ?? new Date().toISOString(), card?.timezone ?? 'UTC');
  const [kind, setKind] = useState<'multiply' | 'extra'>('multiply');
  const [name, setName] = useState('');
  const [times, setTimes] = useState<number | string>(2);
  const [points, setPoints] = useState<number | string>(50);
  const [[from, through], setDays] = useState<[string, string]>(weekendOf(today));
  const [segment, setSegment] = useState<string | null>(null);
  const [most, setMost] = useState<number | string>(10_000);
  const [holdout, setHoldout] = useState<number | string>('');
  const { document } = draft;
  const names = namesOf(document, language);
  const title = name.trim() || (kind === 'multiply' ? t('n_multiply', { n: times }) : t('n_extra', { n: points }));
  const campaign = useMemo(() => made(document, { title, kind, times: Number(times), points: Number(points), from, through, segment, most: most === '' ? null : Number(most), holdout: holdout === '' ? null : Number(holdout) }), [document, title, kind, times, points, from, through, segment, most, holdout]);
  const candidate = useMemo(() => put(document, `/campaigns/${campaign.id}`, campaign as never), [document, campaign]);
  const [settled] = useDebouncedValue(candidate, 300);
  const told = useTold(program, settled);
  const index = (settled.campaigns ?? []).length - 1;
  const words = (told.data?.sentences ?? []).filter((each) => each.path.startsWith(`/campaigns/${index}`)).map((each) => each.words);
  const faults = (told.data?.faults ?? []).filter((each) => each.path.startsWith(`/campaigns/${index}`));
  const save = useSaveDraft(program);
  const submit = () =>
    save.mutate(
      { base: draft, document: candidate },
      {
        onSuccess: () => {
          notifications.show({ title: t('saved'), message: t('savedText'), color: 'teal' });
          void navigate({ to: '/p/$program/program', params: { program }, search: { view: 'publish' } });
        },
        onError: (failure) => {
          // Somebody else's change and a new campaign never touch: both are kept.
          if (failure instanceof SavedInBetween && failure.both.clashes.length === 0) {
            save.mutate({ base: failure.theirs, document: failure.both.document }, { onSuccess: () => void navigate({ to: '/p/$program/program', params: { program }, search: { view: 'publish' } }) });
          }
        },
      },
    );
  return (
    <Modal opened onClose={onClose} closeButtonProps={cross} size="lg" title={<Text fw={650}>{t('createTitle')}</Text>} centered>
      <Stack>
        <SegmentedControl
          aria-label={t('what')}
          value={kind}
          onChange={(next) => setKind(next === 'extra' ? 'extra' : 'multiply')}
          data={[
            { value: 'multiply', label: t('multiply') },
            { value: 'extra', label: t('extra') },
          ]}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('name')} placeholder={title} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
          {kind === 'multiply' ? <AmountInput label={t('times')} value={times} onChange={setTimes} min={1.1} step={0.5} decimalScale={2} /> : <AmountInput label={t('points')} description={t('per')} value={points} onChange={setPoints} min={1} allowDecimal={false} />}
          <Select label={t('who')} placeholder={t('everyone')} data={names.segments} value={segment} onChange={setSegment} clearable searchable />
          <AmountInput label={t('most')} description={t('mostHint')} value={most} onChange={setMost} min={1} allowDecimal={false} />
        </SimpleGrid>
        <div>
          <Text size="sm" fw={500} mb={4}>
            {t('when')}
          </Text>
          <Group gap="xs" mb="xs">
            <Button size="compact-sm" variant="light" onClick={() => setDays(weekendOf(today))}>
              {t('weekend')}
            </Button>
            <Button size="compact-sm" variant="light" onClick={() => setDays([today, plusDays(today, 6)])}>
              {t('week')}
            </Button>
            <Button size="compact-sm" variant="light" onClick={() => setDays([today, endOfMonth(today)])}>
              {t('month')}
            </Button>
          </Group>
          <SimpleGrid cols={{ base: 1, xs: 3 }} style={{ alignItems: 'end' }}>
            <DayInput label={t('from')} value={from} onChange={(day) => setDays([day, through])} />
            <DayInput label={t('through')} value={through} onChange={(day) => setDays([from, day])} />
            <AmountInput label={t('holdoutField')} value={holdout} onChange={setHoldout} suffix=" %" min={0} max={50} />
          </SimpleGrid>
        </div>
        {words.length === 0 ? null : (
          <Group gap="xs" wrap="nowrap" align="flex-start" role="status" aria-label={t('inWords')}>
            <IconQuote size={18} stroke={1.5} style={{ flex: 'none' }} aria-hidden />
            <Text size="sm">{words.join(' ')}</Text>
          </Group>
        )}
        {faults.length === 0 ? null : (
          <Alert color="orange" variant="light">
            <List size="sm">
              {faults.map((each) => (
                <List.Item key={each.path}>
                  {each.reason}
                  {each.suggestion ? ` → ${each.suggestion}` : ''}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {save.error && !(save.error instanceof SavedInBetween) ? <Failure failure={save.error} writing /> : null}
        <Group justify="flex-end">
          <Button onClick={submit} loading={save.isPending} disabled={faults.length > 0}>
            {t('save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface Wanted {
  title: string;
  kind: 'multiply' | 'extra';
  times: number;
  points: number;
  from: string;
  through: string;
  segment: string | null;
  most: number | null;
  holdout: number | null;
}

/** The campaign that the short form says. */
function made(document: Document, wanted: Wanted): Campaign {
  const id = newId(wanted.title, (document.campaigns ?? []).map((each) => each.id));
  const label = Object.fromEntries((document.locales ?? ['en']).map((locale) => [locale, wanted.title]));
  const wallet = Object.entries(document.wallets).find(([, each]) => each.kind === 'points')?.[0] ?? Object.keys(document.wallets)[0] ?? 'points';
  const rule = newId(`${id}_rule`, rulesOf(document).map((each) => each.rule.id));
  return {
    id,
    label,
    ...(wanted.from === '' ? {} : { from: wanted.from }),
    ...(wanted.through === '' ? {} : { through: wanted.through }),
    ...(wanted.segment === null ? {} : { audience: { any: [wanted.segment] } }),
    ...(wanted.holdout === null || wanted.holdout === 0 ? {} : { holdout: `${wanted.holdout}%` }),
    ...(wanted.most === null ? {} : { budget: { points: wanted.most, alert: ['80%', '100%'] } }),
    earning: [wanted.kind === 'multiply' ? { id: rule, label, on: 'purchase', multiply: { times: wanted.times } } : { id: rule, label, on: 'purchase', award: { wallet, points: wanted.points } }],
  } as Campaign;
}
