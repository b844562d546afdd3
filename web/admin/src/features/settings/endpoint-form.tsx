// Where to send, and what.
import { Button, Checkbox, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { told } from '@shared/problem';
import { Failure, Loaded } from '@shared/ui';
import { useParams } from '@tanstack/react-router';
import { useRef } from 'react';
import { Kinds } from './kinds';
import { useSettingsWords } from './words';

interface EndpointFormProps {
  endpoint: Schemas['EndpointOut'] | null;
  /** With the new endpoint and its secret when one was made. */
  onDone: (made?: Schemas['NewSecretOut']) => void;
  onClose: () => void;
}

/** A test is sent when it is asked for, whatever an endpoint is told. */
const NEVER_CHOSEN = 'webhook.test';
const URL_FAULTS = ['url_invalid', 'url_credentials', 'url_insecure', 'address_refused'] as const;

export function EndpointForm({ endpoint, onDone, onClose }: EndpointFormProps) {
  const { t } = useSettingsWords();
  const { program = '' } = useParams({ strict: false });
  const kinds = api.useQuery('get', '/v1/programs/{program}/webhooks/kinds', { params: { path: { program } } });
  const address = useRef<HTMLInputElement>(null);
  const form = useForm({
    initialValues: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      payload: (endpoint?.payload ?? 'full') as Schemas['PayloadShape'],
      all: endpoint === null || endpoint.kinds.includes('*'),
      kinds: endpoint?.kinds.filter((each) => each !== '*') ?? [],
    },
    validate: { url: (url) => (url.trim() === '' ? t('urlFaults.url_invalid') : null) },
  });
  const toAddress = (): void => address.current?.focus();
  const addressFault = (failure: unknown): string | null => {
    const fault = told(failure).faults.find((each) => each.path === '/url');
    const known = URL_FAULTS.find((each) => fault?.code === `webhooks.${each}`);
    return fault === undefined ? null : known === undefined ? fault.reason : t(`urlFaults.${known}`);
  };
  const onError = (failure: unknown): void => {
    const wrong = addressFault(failure);
    if (wrong !== null) {
      form.setFieldError('url', wrong);
      toAddress();
    }
  };
  const make = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints', { onSuccess: (made) => onDone(made), onError });
  const change = api.useMutation('patch', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { onSuccess: () => onDone(), onError });
  const failure = make.error ?? change.error;
  const save = form.onSubmit(({ all, kinds: some, url, ...rest }) => {
    const body = { ...rest, url: url.trim(), kinds: all ? ['*'] : some };
    if (endpoint === null) {
      make.mutate({ params: { path: { program } }, body });
    } else {
      change.mutate({ params: { path: { program, endpoint_id: endpoint.id } }, body });
    }
  }, toAddress);
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>{endpoint === null ? t('newEndpoint') : t('changeEndpoint')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save} noValidate>
        <Stack>
          <TextInput ref={address} label={t('url')} type="url" inputMode="url" placeholder="https://shop.example.com/puntal" maxLength={2000} required withAsterisk={false} data-autofocus {...form.getInputProps('url')} />
          <TextInput label={t('note')} placeholder={t('noteExample')} maxLength={500} {...form.getInputProps('description')} />
          <Radio.Group label={t('payload')} {...form.getInputProps('payload')}>
            <Stack gap="xs" mt="xs">
              <Radio value="full" label={t('full')} description={t('fullText')} />
              <Radio value="thin" label={t('thin')} description={t('thinText')} />
            </Stack>
          </Radio.Group>
          <Checkbox label={t('allKinds')} {...form.getInputProps('all', { type: 'checkbox' })} />
          {form.values.all ? null : (
            <Loaded query={kinds}>
              {({ items }) => <Kinds kinds={items.filter((each) => each.kind !== NEVER_CHOSEN)} value={form.values.kinds} onChange={(chosen) => form.setFieldValue('kinds', chosen)} />}
            </Loaded>
          )}
          {failure && addressFault(failure) === null ? <Failure failure={failure} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending || change.isPending} disabled={!form.values.all && form.values.kinds.length === 0}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
