// What takes two people in this organization.
import { Button, Group, Modal, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { decimals, money, whole } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSettingsWords } from './words';

export function FourEyes() {
  const { t, language } = useSettingsWords();
  const may = useMay();
  const currency = useProgram()?.currency ?? 'EUR';
  const [open, setOpen] = useState(false);
  const found = api.useQuery('get', '/v1/organization/four-eyes');
  return (
    <Paper withBorder p="md" component="section" aria-label={t('fourEyes')}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} style={{ flexBasis: 260, flexGrow: 1 }}>
          <Title order={2} size="h3">
            {t('fourEyes')}
          </Title>
          <Loaded query={found} rows={1}>
            {({ publish, voucher_batch, voucher_issue, wallet_load, gift_card, payout }) => (
              <Text size="sm" c="dimmed">
                {[
                  publish ? t('twoPublish') : null,
                  voucher_batch === null ? null : t('twoBatch', { most: whole(voucher_batch ?? 0, language) }),
                  typeof voucher_issue === 'number' ? t('twoIssue', { most: whole(voucher_issue, language) }) : null,
                  typeof gift_card === 'number' ? t('twoCard', { most: money(gift_card, currency, language) }) : null,
                  typeof payout === 'number' ? t('twoPayout', { most: money(payout, currency, language) }) : null,
                  wallet_load === null ? null : t('twoLoad', { most: money(wallet_load ?? 0, currency, language) }),
                  t('twoAdjust'),
                ]
                  .filter((each) => each !== null)
                  .map((each) => `${each.charAt(0).toLocaleUpperCase(language)}${each.slice(1)}`)
                  .join(' · ')}
              </Text>
            )}
          </Loaded>
        </Stack>
        {may('staff:write') && found.data !== undefined ? (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t('change')}
          </Button>
        ) : null}
      </Group>
      {open && found.data !== undefined ? <Form now={found.data} currency={currency} onClose={() => setOpen(false)} /> : null}
    </Paper>
  );
}

function Form({ now, currency, onClose }: { now: Schemas['FourEyesOut']; currency: string; onClose: () => void }) {
  const { t } = useSettingsWords();
  const queries = useQueryClient();
  const unit = 10 ** decimals(currency);
  const shown = (minor: number | null | undefined): number | '' => (typeof minor === 'number' ? minor / unit : '');
  const meant = (typed: number | ''): number | null => (typed === '' ? null : Math.round(typed * unit));
  const form = useForm({
    initialValues: {
      publish: now.publish ?? false,
      voucher_batch: (now.voucher_batch ?? '') as number | '',
      voucher_issue: (now.voucher_issue ?? '') as number | '',
      wallet_load: shown(now.wallet_load),
      gift_card: shown(now.gift_card),
      payout: shown(now.payout),
    },
  });
  const put = api.useMutation('put', '/v1/organization/four-eyes', {
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/four-eyes'] });
      notifications.show({ message: t('saved') });
      onClose();
    },
  });
  const save = form.onSubmit(({ publish, voucher_batch, voucher_issue, wallet_load, gift_card, payout }) =>
    put.mutate({
      body: {
        publish,
        voucher_batch: voucher_batch === '' ? null : voucher_batch,
        voucher_issue: voucher_issue === '' ? null : voucher_issue,
        wallet_load: meant(wallet_load),
        gift_card: meant(gift_card),
        payout: meant(payout),
      },
    }),
  );
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{t('fourEyes')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <Switch label={t('eyesPublish')} description={t('eyesPublishText')} {...form.getInputProps('publish', { type: 'checkbox' })} />
          <AmountInput label={t('eyesBatch')} placeholder={t('eyesNever')} min={0} allowDecimal={false} {...form.getInputProps('voucher_batch')} />
          <AmountInput label={t('eyesIssue')} placeholder={t('eyesNever')} min={0} allowDecimal={false} {...form.getInputProps('voucher_issue')} />
          <AmountInput label={t('eyesLoad', { currency })} placeholder={t('eyesNever')} min={0} currency={currency} {...form.getInputProps('wallet_load')} />
          <AmountInput label={t('eyesCard', { currency })} placeholder={t('eyesNever')} min={0} currency={currency} {...form.getInputProps('gift_card')} />
          <AmountInput label={t('eyesPayout', { currency })} placeholder={t('eyesNever')} min={0} currency={currency} {...form.getInputProps('payout')} />
          <Text size="sm" c="dimmed">
            {t('eyesAdjust')}
          </Text>
          {put.error ? <Failure failure={put.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={put.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
