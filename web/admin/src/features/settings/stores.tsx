// Where cashiers work.
import { Badge, Button, Group, Modal, Paper, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { addressOf } from '@shared/address';
import { Confirm } from '@shared/confirm';
import { useMay } from '@shared/session';
import { Empty, Failure, Loaded, Page } from '@shared/ui';
import { IconBuildingStore, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSettingsWords } from './words';

type Store = Schemas['StoreOut'];

export function StoresPage() {
  const { t } = useSettingsWords();
  const queries = useQueryClient();
  const may = useMay();
  const stores = api.useQuery('get', '/v1/organization/stores');
  const [open, setOpen] = useState<Store | 'new' | null>(null);
  const [closing, setClosing] = useState<Store | null>(null);
  const again = () => {
    setOpen(null);
    setClosing(null);
    void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/stores'] });
    notifications.show({ message: t('saved') });
  };
  const close = api.useMutation('post', '/v1/organization/stores/{store}/close', { onSuccess: again });
  const reopen = api.useMutation('post', '/v1/organization/stores/{store}/reopen', { onSuccess: again });
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
      {t('newStore')}
    </Button>
  );
  return (
    <Page title={t('stores')} about={t('storesAbout')} guide="till" actions={may('staff:write') ? add : null}>
      {reopen.error ? <Failure failure={reopen.error} writing /> : null}
      <Loaded query={stores}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconBuildingStore size={40} stroke={1.2} />} title={t('noStores')} text={t('noStoresText')} action={may('staff:write') ? add : null} />
          ) : (
            <Paper withBorder>
              <Table.ScrollContainer minWidth={420}>
                <Table verticalSpacing="xs" horizontalSpacing="md" aria-label={t('stores')}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('name')}</Table.Th>
                      <Table.Th>{t('storeId')}</Table.Th>
                      <Table.Th ta="right">{t('peopleThere')}</Table.Th>
                      <Table.Th aria-label={t('actions')} />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((store) => (
                      <Table.Tr key={store.id}>
                        <Table.Td>
                          <Group gap="xs">
                            {store.name}
                            {store.closed_at === null ? null : (
                              <Badge color="gray" variant="light">
                                {t('closed')}
                              </Badge>
                            )}
                          </Group>
                        </Table.Td>
                        <Table.Td>{store.id}</Table.Td>
                        <Table.Td ta="right">{store.people}</Table.Td>
                        <Table.Td>
                          {may('staff:write') ? (
                            <Group gap="xs" justify="flex-end" wrap="nowrap">
                              <Button size="xs" variant="default" onClick={() => setOpen(store)}>
                                {t('rename')}
                              </Button>
                              {store.closed_at === null ? (
                                <Button size="xs" variant="subtle" color="red" onClick={() => setClosing(store)}>
                                  {t('close')}
                                </Button>
                              ) : (
                                <Button size="xs" variant="subtle" onClick={() => reopen.mutate({ params: { path: { store: store.id } } })}>
                                  {t('reopen')}
                                </Button>
                              )}
                            </Group>
                          ) : null}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          )
        }
      </Loaded>
      {open === null ? null : <StoreForm store={open === 'new' ? null : open} onDone={again} onClose={() => setOpen(null)} />}
      <Confirm
        opened={closing !== null}
        title={t('closeStore', { name: closing?.name ?? '' })}
        verb={t('close')}
        danger
        busy={close.isPending}
        failure={close.error}
        onConfirm={() => closing !== null && close.mutate({ params: { path: { store: closing.id } } })}
        onClose={() => {
          close.reset();
          setClosing(null);
        }}
      >
        <Text size="sm">{t('closeStoreText', { count: closing?.people ?? 0 })}</Text>
      </Confirm>
    </Page>
  );
}

function StoreForm({ store, onDone, onClose }: { store: Store | null; onDone: () => void; onClose: () => void }) {
  const { t } = useSettingsWords();
  const form = useForm({ initialValues: { id: store?.id ?? '', name: store?.name ?? '' } });
  const make = api.useMutation('post', '/v1/organization/stores', { onSuccess: onDone });
  const rename = api.useMutation('patch', '/v1/organization/stores/{store}', { onSuccess: onDone });
  const failure = make.error ?? rename.error;
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{store === null ? t('newStore') : store.name}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form
        onSubmit={form.onSubmit(({ id, name }) =>
          store === null ? make.mutate({ body: { id: id.trim() || addressOf(name), name } }) : rename.mutate({ params: { path: { store: store.id } }, body: { name } }),
        )}
      >
        <Stack>
          <TextInput label={t('name')} required withAsterisk={false} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t('storeId')} description={t('storeIdText')} placeholder={addressOf(form.values.name)} readOnly={store !== null} variant={store === null ? 'default' : 'filled'} {...form.getInputProps('id')} />
          {failure ? <Failure failure={failure} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending || rename.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
