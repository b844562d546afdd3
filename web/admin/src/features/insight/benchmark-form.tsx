// Saying what others have: a figure, its value, and where that is from.
import { Button, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { useFigureName } from '@shared/figures';
import { decimals } from '@shared/format';
import { useNames } from '@shared/names';
import { Failure } from '@shared/ui';
import { useComparingWords } from './comparing.words';

interface BenchmarkFormProps {
  program: string;
  found: Schemas['BenchmarksOut'];
  benchmark: Schemas['BenchmarkOut'] | undefined;
  onClose: () => void;
  onDone: () => void;
}

export default function BenchmarkForm({ program, found, benchmark, onClose, onDone }: BenchmarkFormProps) {
  const { t } = useComparingWords();
  const nameOf = useFigureName();
  const names = useNames();
  const kpis = api.useQuery('get', '/v1/programs/{program}/reports/kpis', { params: { path: { program } } }, { staleTime: 300_000 });
  const figures = kpis.data?.figures ?? [];
  const wallets = [...new Set(figures.flatMap((each) => (found.wallet_metrics.includes(each.id) ? (each.wallet ?? []) : [])))];
  const scaleOf = (metric: string, wallet: string | null) => {
    const unit = figures.find((each) => each.id === metric && each.wallet === wallet)?.unit ?? benchmark?.unit;
    return unit === 'rate' ? 0.01 : unit === 'money' ? 10 ** decimals(found.currency) : 1;
  };
  const form = useForm({
    initialValues: {
      metric: benchmark?.metric ?? 'repeat_customer_rate',
      wallet: benchmark?.wallet ?? null,
      value: benchmark === undefined ? ('' as number | string) : Number((benchmark.value / scaleOf(benchmark.metric, benchmark.wallet)).toFixed(6)),
      label: benchmark?.label ?? '',
      source: benchmark?.source ?? '',
      year: benchmark?.year ?? (Number(found.period.through.slice(0, 4)) as number | string),
      sample_size: benchmark?.sample_size ?? ('' as number | string),
      definition: benchmark?.definition ?? '',
    },
  });
  const done = () => {
    notifications.show({ message: t('saved') });
    onDone();
  };
  const add = api.useMutation('post', '/v1/programs/{program}/reports/benchmarks', { onSuccess: done });
  const change = api.useMutation('put', '/v1/programs/{program}/reports/benchmarks/{benchmark_id}', { onSuccess: done });
  const ofWallet = found.wallet_metrics.includes(form.values.metric);
  const wallet = ofWallet ? (form.values.wallet ?? wallets[0] ?? null) : null;
  const scale = scaleOf(form.values.metric, wallet);
  const save = (said: typeof form.values) => {
    const body = {
      metric: said.metric,
      wallet,
      // Exact decimals: a share of 12.3 % is 0.123, not what floating point makes of it.
      value: Number((Number(said.value) * scale).toFixed(6)),
      label: said.label,
      source: said.source,
      year: Number(said.year),
      sample_size: said.sample_size === '' ? null : Number(said.sample_size),
      definition: said.definition,
    };
    if (benchmark === undefined) {
      add.mutate({ params: { path: { program } }, body });
    } else {
      change.mutate({ params: { path: { program, benchmark_id: benchmark.id } }, body });
    }
  };
  const failure = add.error ?? change.error;
  return (
    <Modal opened onClose={onClose} centered closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{benchmark === undefined ? t('addTitle') : t('editTitle')}</Text>}>
      <form onSubmit={form.onSubmit(save)}>
        <Stack>
          <Select
            label={t('figure')}
            searchable
            allowDeselect={false}
            data={[...found.metrics, ...found.wallet_metrics].map((each) => ({ value: each, label: nameOf(each, found.wallet_metrics.includes(each) ? (wallet ?? wallets[0]) : null) }))}
            {...form.getInputProps('metric')}
          />
          {ofWallet && wallets.length > 1 ? (
            <Select label={t('wallet')} allowDeselect={false} data={wallets.map((each) => ({ value: each, label: names.wallet(each) }))} value={wallet} onChange={(each) => form.setFieldValue('wallet', each)} />
          ) : null}
          <Group grow align="flex-start">
            <AmountInput label={t('value')} required withAsterisk={false} hideControls decimalScale={4} suffix={scale === 0.01 ? ' %' : scale > 1 ? ` ${found.currency}` : ''} {...form.getInputProps('value')} />
            <NumberInput label={t('year')} required withAsterisk={false} hideControls allowDecimal={false} min={1990} max={2100} {...form.getInputProps('year')} />
          </Group>
          <TextInput label={t('label')} description={t('labelText')} required withAsterisk={false} maxLength={120} {...form.getInputProps('label')} />
          <TextInput label={t('source')} description={t('sourceText')} required withAsterisk={false} maxLength={500} {...form.getInputProps('source')} />
          <AmountInput label={t('size')} description={t('sizeText')} hideControls allowDecimal={false} min={1} {...form.getInputProps('sample_size')} />
          <Textarea label={t('definition')} autosize minRows={2} maxLength={1000} {...form.getInputProps('definition')} />
          {failure ? <Failure failure={failure} writing /> : null}
          <Button type="submit" loading={add.isPending || change.isPending}>
            {t('save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
