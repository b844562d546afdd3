// The first points: an order as a shop would send it, for a member made up for the purpose, and what it earned and why.
import { Alert, Badge, Button, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { decimals, money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { isSilence } from '@shared/problem';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconSparkles } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useRef } from 'react';
import { useLaunchWords } from './words';

const LOOKS = 6;
const LOOK_EVERY_MS = 1500;

export const SAMPLE = 'anna@example.com';

export function SampleOrder() {
  const { t } = useLaunchWords();
  const { program = '' } = useParams({ strict: false });
  const card = useProgram();
  const currency = card?.currency ?? 'EUR';
  const queries = useQueryClient();
  const form = useForm({ initialValues: { name: t('sampleName'), amount: 40 as number | string, product: t('sampleProduct') } });
  const path = { path: { program } };
  const unanswered = useRef<{ id: string; at: string } | null>(null);
  const find = api.useMutation('post', '/v1/programs/{program}/members/lookup');
  const enrol = api.useMutation('post', '/v1/programs/{program}/members');
  const send = api.useMutation('post', '/v1/programs/{program}/events', {
    onSuccess: () => void queries.invalidateQueries(),
    onSettled: (_, failure) => {
      if (!isSilence(failure)) {
        unanswered.current = null;
      }
    },
  });
  const order = async (said: typeof form.values) => {
    // Whoever tries twice buys twice, as the same person.
    const known = await find.mutateAsync({ params: path, body: { email: SAMPLE } }).catch((failure: unknown) => {
      if (isSilence(failure)) {
        throw failure;
      }
      return undefined;
    });
    if (known === undefined) {
      await enrol.mutateAsync({ params: path, body: { name: said.name, ids: { email: SAMPLE } } });
    }
    // Until there is an answer it is the same order, however often it is sent.
    unanswered.current ??= { id: Date.now().toString(36), at: card?.clock_offset_seconds === 0 || card === undefined ? new Date().toISOString() : card.now };
    const { id, at } = unanswered.current;
    await send.mutateAsync({
      params: path,
      body: {
        id: `sample-${id}`,
        type: 'order.paid',
        occurred_at: at,
        source: 'sample',
        member: { email: SAMPLE },
        order: { id: `sample-${id}`, currency, lines: [{ id: '1', product: said.product, amount_minor: Math.round(Number(said.amount) * 10 ** decimals(currency)) }] },
      } as never,
    });
  };
  const failure = (isSilence(find.error) ? find.error : null) ?? enrol.error ?? send.error;
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('sample')}>
      <Title order={2}>{t('sample')}</Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('sampleText')}
      </Text>
      <form onSubmit={form.onSubmit((said) => void order(said).catch(() => undefined))}>
        <Stack>
          <Group grow align="flex-end">
            <TextInput label={t('who')} required withAsterisk={false} maxLength={200} {...form.getInputProps('name')} />
            <TextInput label={t('what')} required withAsterisk={false} maxLength={200} {...form.getInputProps('product')} />
            <AmountInput label={t('paid')} min={0.01} currency={currency} hideControls required withAsterisk={false} {...form.getInputProps('amount')} />
          </Group>
          {failure ? <Failure failure={failure} writing /> : null}
          <Group>
            <Button type="submit" loading={find.isPending || enrol.isPending || send.isPending}>
              {t('sendSample')}
            </Button>
          </Group>
        </Stack>
      </form>
      {send.data === undefined ? null : <Earned answer={send.data} currency={currency} />}
    </Paper>
  );
}

function Earned({ answer, currency }: { answer: Schemas['AnswerOut']; currency: string }) {
  const { t, language } = useLaunchWords();
  const names = useNames();
  const { program = '' } = useParams({ strict: false });
  const member = answer.member_id ?? '';
  // What joining gives comes a moment after the order's answer: the balance is looked at until it has had time to.
  const wallets = api.useQuery(
    'get',
    '/v1/programs/{program}/members/{member_id}/wallets',
    { params: { path: { program, member_id: member } } },
    { enabled: member !== '', refetchInterval: (query) => (query.state.dataUpdateCount < LOOKS ? LOOK_EVERY_MS : false), staleTime: 0 },
  );
  const now = Object.fromEntries((wallets.data?.items ?? []).map((each) => [each.wallet, each]));
  const units = (value: number, wallet: string) => (names.isMoney(wallet) ? money(value, currency, language) : whole(value, language));
  const total = new Map<string, number>();
  for (const each of answer.awards) {
    total.set(each.wallet, (total.get(each.wallet) ?? 0) + each.points);
  }
  return (
    <Alert mt="md" color={answer.awards.length > 0 ? 'green' : 'yellow'} variant="light" icon={<IconSparkles size={18} />} title={answer.message} role="status">
      <Stack gap="xs">
        <Group gap="xs">
          {[...total].map(([wallet, points]) => (
            <Badge key={wallet} size="lg" variant="filled" color="green" tt="none">
              {names.isMoney(wallet) ? `+${units(points, wallet)}` : `+${units(points, wallet)} ${names.units(wallet, points)}`}
            </Badge>
          ))}
        </Group>
        <List size="sm" spacing={2}>
          {[...answer.reasons].sort((one, other) => (other.points ?? 0) - (one.points ?? 0)).map((each, at) => (
            <List.Item key={`${each.rule} ${each.code} ${at}`}>
              <b>{names.rule(each.rule)}</b>: {each.sentence}
            </List.Item>
          ))}
        </List>
        {answer.balances === null ? null : (
          <Text size="xs" c="dimmed">
            {Object.entries(answer.balances)
              .map(([wallet, each]) => t('balance', { wallet: names.wallet(wallet), available: units((now[wallet] ?? each).available, wallet), pending: units((now[wallet] ?? each).pending, wallet) }))
              .join(' · ')}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
