// Where to send, and what.
import { Button, Checkbox, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { Failure, Loaded } from '@shared/ui';
import { useParams } from '@tanstack/react-router';
import { useSettingsWords } from './words';

interface EndpointFormProps {
  endpoint: Schemas['EndpointOut'] | null;
  /** With the new endpoint and its secret when one was made. */
  onDone: (made?: Schemas['NewSecretOut']) => void;
  onClose: () => void;
}

export function EndpointForm({ endpoint, onDone, onClose }: EndpointFormProps) {
  const { t } = useSettingsWords();
  const { program = '' } = useParams({ strict: false });
  const kinds = api.useQuery('get', '/v1/programs/{program}/webhooks/kinds', { params: { path: { program } } });
  const form = useForm({
    initialValues: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      payload: (endpoint?.payload ?? 'full') as Schemas['PayloadShape'],
      all: endpoint === null || endpoint.kinds.includes('*'),
      kinds: endpoint?.kinds.filter((each) => each !== '*') ?? [],
    },
  });
  const make = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints', { onSuccess: (made) => onDone(made) });
  const change = api.useMutation('patch', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { onSuccess: () => onDone() });
  const failure = make.error ?? change.error;
  const save = form.onSubmit(({ all, kinds: some, ...rest }) => {
    const body = { ...rest, kinds: all ? ['*'] : some };
    if (endpoint === null) {
      make.mutate({ params: { path: { program } }, body });
    } else {
      change.mutate({ params: { path: { program, endpoint_id: endpoint.id } }, body });
    }
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>{endpoint === null ? t('newEndpoint') : t('changeEndpoint')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <TextInput label={t('url')} type="url" placeholder="https://shop.example.com/puntal" required withAsterisk={false} data-autofocus {...form.getInputProps('url')} />
          <TextInput label={t('note')} placeholder={t('noteExample')} {...form.getInputProps('description')} />
          <Radio.Group label={t('payload')} {...form.getInputProps('payload')}>
            <Stack gap="xs" mt="xs">
              <Radio value="full" label={t('full')} description={t('fullText')} />
              <Radio value="thin" label={t('thin')} description={t('thinText')} />
            </Stack>
          </Radio.Group>
          <Checkbox label={t('allKinds')} {...form.getInputProps('all', { type: 'checkbox' })} />
          {form.values.all ? null : (
            <Loaded query={kinds}>
              {({ items }) => (
                <Checkbox.Group label={t('kinds')} {...form.getInputProps('kinds')}>
                  <Stack gap="xs" mt="xs">
                    {items.map((each) => (
                      <Checkbox key={each.kind} value={each.kind} label={each.kind} description={each.description} />
                    ))}
                  </Stack>
                </Checkbox.Group>
              )}
            </Loaded>
          )}
          {failure ? <Failure failure={failure} writing /> : null}
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
