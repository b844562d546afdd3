// Saying what a figure is to be.
import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { DayInput } from '@shared/day-input';
import { monthStart, plusDays, today } from '@shared/days';
import { useFigureName } from '@shared/figures';
import { decimals } from '@shared/format';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useHomeWords } from './words';

type Goal = Schemas['GoalOut'];

interface GoalFormProps {
  goal: Goal | undefined;
  currency: string;
  onClose: () => void;
}

// Which figures the server takes for a goal, in the order in which one thinks of them.
const METRICS = [
  'members', 'new_members', 'active_members', 'active_rate', 'participation_rate', 'sales', 'orders', 'member_sales', 'average_order',
  'repeat_purchase_rate', 'repeat_customer_rate', 'purchase_frequency', 'influenced_sales', 'incentive_cost', 'incentive_roi',
  'earned', 'spent', 'expired', 'redemption_rate_period', 'breakage_rate',
] as const;
const OF_WALLET = new Set<string>(['earned', 'spent', 'expired', 'redemption_rate_period', 'breakage_rate']);
const MONEY = new Set<string>(['sales', 'member_sales', 'average_order', 'influenced_sales', 'incentive_cost']);
const RATE = new Set<string>([
  'active_rate', 'participation_rate', 'repeat_purchase_rate', 'repeat_customer_rate', 'redemption_rate_period', 'breakage_rate',
]);
const LESS_IS_MORE = new Set<string>(['incentive_cost', 'expired', 'breakage_rate']);

export default function GoalForm({ goal, currency, onClose }: GoalFormProps) {
  const { t } = useHomeWords();
  const nameOf = useFigureName();
  const names = useNames();
  const queries = useQueryClient();
  const card = useProgram();
  const { program = '' } = useParams({ strict: false });
  const kpis = api.useQuery('get', '/v1/programs/{program}/reports/kpis', { params: { path: { program } } }, { staleTime: 300_000 });
  const wallets = [...new Set((kpis.data?.figures ?? []).flatMap((each) => each.wallet ?? []))];
  const now = today(card?.now ?? new Date().toISOString(), card?.timezone ?? 'UTC');
  const scaleOf = (metric: string, wallet: string | null) =>
    RATE.has(metric) ? 0.01 : MONEY.has(metric) || (OF_WALLET.has(metric) && wallet !== null && names.isMoney(wallet)) ? 10 ** decimals(currency) : 1;
  const form = useForm({
    initialValues: {
      name: goal?.name ?? '',
      metric: goal?.metric ?? 'new_members',
      wallet: goal?.wallet ?? null,
      direction: goal?.direction ?? ('at_least' as Goal['direction']),
      target: goal === undefined ? ('' as number | string) : Number((goal.target / scaleOf(goal.metric, goal.wallet)).toFixed(6)),
      from: goal?.from ?? now,
      through: goal?.through ?? plusDays(monthStart(now, 3), -1),
    },
  });
  const refresh = () => {
    notifications.show({ message: t('goalSaved') });
    void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/goals'] });
    void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/reports/home'] });
    onClose();
  };
  const add = api.useMutation('post', '/v1/programs/{program}/goals', { onSuccess: refresh });
  const change = api.useMutation('put', '/v1/programs/{program}/goals/{goal_id}', { onSuccess: refresh });
  const ofWallet = OF_WALLET.has(form.values.metric);
  const wallet = ofWallet ? (form.values.wallet ?? wallets[0] ?? null) : null;
  const save = (said: typeof form.values) => {
    // Exact decimals: a share of 12.3 % is 0.123, not what floating point makes of it.
    const target = Number((Number(said.target) * scaleOf(said.metric, wallet)).toFixed(8));
    const body = { name: said.name, metric: said.metric, wallet, direction: said.direction, target, from: said.from, through: said.through };
    if (goal === undefined) {
      add.mutate({ params: { path: { program } }, body });
    } else {
      change.mutate({ params: { path: { program, goal_id: goal.id } }, body });
    }
  };
  const failure = add.error ?? change.error;
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{goal === undefined ? t('setGoal') : t('changeGoal')}</Text>} centered>
      <form onSubmit={form.onSubmit(save)}>
        <Stack>
          <TextInput label={t('goalName')} required withAsterisk={false} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <Select
            label={t('figure')}
            searchable
            allowDeselect={false}
            data={METRICS.map((each) => ({ value: each, label: nameOf(each, OF_WALLET.has(each) ? wallet : null) }))}
            value={form.values.metric}
            onChange={(metric) => {
              if (metric !== null) {
                form.setValues({ metric, direction: LESS_IS_MORE.has(metric) ? 'at_most' : 'at_least' });
              }
            }}
          />
          {ofWallet && wallets.length > 1 ? (
            <Select
              label={t('wallet')}
              allowDeselect={false}
              data={wallets.map((each) => ({ value: each, label: names.wallet(each) }))}
              value={wallet}
              onChange={(each) => form.setFieldValue('wallet', each)}
            />
          ) : null}
          <Group align="flex-end" grow>
            <SegmentedControl
              aria-label={t('direction')}
              data={[
                { value: 'at_least', label: t('at_least') },
                { value: 'at_most', label: t('at_most') },
              ]}
              {...form.getInputProps('direction')}
            />
            <AmountInput
              label={t('target')}
              required
              withAsterisk={false}
              min={0}
              hideControls
              suffix={RATE.has(form.values.metric) ? ' %' : MONEY.has(form.values.metric) ? ` ${currency}` : ''}
              {...form.getInputProps('target')}
            />
          </Group>
          <Group grow>
            <DayInput label={t('from')} required {...form.getInputProps('from')} value={form.values.from} />
            <DayInput label={t('through')} required min={form.values.from} {...form.getInputProps('through')} value={form.values.through} />
          </Group>
          {failure ? <Failure failure={failure} writing /> : null}
          <Button type="submit" loading={add.isPending || change.isPending}>
            {t('save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
