// Where one stands: cashiers are put to a store by others, whoever looks after people chooses her own.
import { Button, Card, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { api } from '@api';
import { useMay, useMe } from '@shared/session';
import { Empty, Failure, Loaded } from '@shared/ui';
import { IconBuildingStore } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTillWords } from './words';

const ME = ['get', '/v1/auth/me'];
const STORES = ['get', '/v1/organization/stores'];

/** Instead of the till, for somebody of no store. */
export function NoStore() {
  const { t } = useTillWords();
  const may = useMay();
  const icon = <IconBuildingStore size={40} stroke={1.2} />;
  return may('staff:write') ? (
    <Stack maw={760} mx="auto" w="100%">
      <Empty icon={icon} title={t('chooseStore')} text={t('chooseStoreText')} />
      <Choice />
    </Stack>
  ) : (
    <Empty icon={icon} title={t('noStore')} text={t('noStoreText')} />
  );
}

/** Going to another store, for whoever may. */
export function OtherStore() {
  const { t } = useTillWords();
  const may = useMay();
  const [choosing, setChoosing] = useState(false);
  return may('staff:write') ? (
    <>
      <Button variant="default" leftSection={<IconBuildingStore size={18} />} onClick={() => setChoosing(true)}>
        {t('otherStore')}
      </Button>
      <Modal opened={choosing} onClose={() => setChoosing(false)} title={<Text fw={600}>{t('chooseStore')}</Text>} centered size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
        <Choice onChosen={() => setChoosing(false)} />
      </Modal>
    </>
  ) : null;
}

function Choice({ onChosen }: { onChosen?: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const stores = api.useQuery('get', '/v1/organization/stores');
  const go = api.useMutation('patch', '/v1/organization/staff/{staff_id}', {
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ME });
      onChosen?.();
    },
  });
  const choose = (store: string): void => {
    const person = me.data?.staff;
    if (person !== undefined) {
      const { name, role } = person;
      go.mutate({ params: { path: { staff_id: person.id } }, body: { name, role, locale: person.locale === 'es' ? 'es' : 'en', store } });
    }
  };
  return (
    <Loaded query={stores} rows={2}>
      {(all) => {
        const open = all.filter((each) => each.closed_at === null);
        return (
          <Stack>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              {open.map((each) => (
                <Button key={each.id} size="xl" variant={each.id === me.data?.store?.id ? 'light' : 'default'} loading={go.isPending} onClick={() => choose(each.id)}>
                  {each.name}
                </Button>
              ))}
            </SimpleGrid>
            {open.length === 0 ? <NewStore taken={all.map((each) => each.id)} onOpened={choose} /> : null}
            {go.error ? <Failure failure={go.error} writing /> : null}
          </Stack>
        );
      }}
    </Loaded>
  );
}

/** The first store, by its name alone. */
function NewStore({ taken, onOpened }: { taken: string[]; onOpened: (id: string) => void }) {
  const { t } = useTillWords();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const add = api.useMutation('post', '/v1/organization/stores', {
    onSuccess: (store) => {
      void queries.invalidateQueries({ queryKey: STORES });
      onOpened(store.id);
    },
  });
  return (
    <Card withBorder padding="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ body: { id: idOf(name, taken), name: name.trim() } });
        }}
      >
        <Stack>
          <Group align="flex-end" gap="sm">
            <TextInput size="lg" flex={1} miw={200} label={t('storeName')} value={name} maxLength={120} onChange={(event) => setName(event.currentTarget.value)} />
            <Button type="submit" size="lg" loading={add.isPending} disabled={name.trim() === ''}>
              {t('openStore')}
            </Button>
          </Group>
          {add.error ? <Failure failure={add.error} writing /> : null}
        </Stack>
      </form>
    </Card>
  );
}

function idOf(name: string, taken: string[]): string {
  const stem = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'store';
  return [stem, ...Array.from({ length: 99 }, (_, index) => `${stem}-${index + 2}`)].find((each) => !taken.includes(each)) ?? stem;
}
