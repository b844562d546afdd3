// Inviting somebody, or changing what she is here.
import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { Failure } from '@shared/ui';
import { LANGUAGES, type Language } from '@shared/words';
import { useSettingsWords } from './words';

const CASHIER = 'cashier';

interface PersonFormProps {
  /** Null to invite somebody. */
  person: Schemas['StaffOut'] | null;
  roles: Schemas['RoleWordsOut'][];
  stores: Schemas['StoreOut'][];
  programs: Schemas['ProgramName'][];
  onDone: (invited?: Schemas['InvitationOut']) => void;
  onClose: () => void;
}

export function PersonForm({ person, roles, stores, programs, onDone, onClose }: PersonFormProps) {
  const { t, language } = useSettingsWords();
  const form = useForm({
    initialValues: {
      name: person?.name ?? '',
      email: person?.email ?? '',
      role: person?.role ?? 'marketer',
      locale: (person?.locale === 'es' || person?.locale === 'en' ? person.locale : language) as Language,
      store: person?.store ?? null,
      programs: (person?.programs ?? []).map(String),
    },
  });
  const invite = api.useMutation('post', '/v1/organization/staff/invite', { onSuccess: (made) => onDone(made) });
  const change = api.useMutation('patch', '/v1/organization/staff/{staff_id}', { onSuccess: () => onDone() });
  const chosen = roles.find((each) => each.id === form.values.role);
  // Whoever may open the till alone needs a store; with one store there is nothing to choose.
  const atTill = chosen?.id === CASHIER;
  const only = stores.length === 1 ? (stores[0]?.id ?? null) : null;
  const save = form.onSubmit(({ email, programs: only, ...rest }) => {
    const body = { ...rest, store: rest.store, programs: only.length === 0 ? null : only.map(Number) };
    if (person === null) {
      invite.mutate({ body: { ...body, email } });
    } else {
      change.mutate({ params: { path: { staff_id: person.id } }, body });
    }
  });
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{person === null ? t('inviteTitle') : t('changeTitle', { name: person.name })}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <TextInput label={t('name')} required withAsterisk={false} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t('email')} type="email" required withAsterisk={false} readOnly={person !== null} {...form.getInputProps('email')} />
          <Select
            label={t('role')}
            description={chosen?.description?.[language]}
            data={roles.map((each) => ({ value: each.id, label: each.name[language] }))}
            allowDeselect={false}
            {...form.getInputProps('role')}
            onChange={(role) => {
              form.setFieldValue('role', role ?? '');
              if (role === CASHIER && form.values.store === null) {
                form.setFieldValue('store', only);
              }
            }}
          />
          <Select
            label={t('store')}
            description={atTill && form.values.store === null ? t(stores.length === 0 ? 'firstStore' : 'wantsStore') : t('storeText')}
            placeholder={t('noStore')}
            clearable
            data={stores.map((each) => ({ value: each.id, label: each.name }))}
            {...form.getInputProps('store')}
          />
          <MultiSelect
            label={t('programs')}
            placeholder={form.values.programs.length === 0 ? t('allPrograms') : ''}
            data={programs.map((each) => ({ value: String(each.id), label: each.name }))}
            {...form.getInputProps('programs')}
          />
          <Select
            label={t('language')}
            allowDeselect={false}
            data={(Object.keys(LANGUAGES) as Language[]).map((each) => ({ value: each, label: LANGUAGES[each] }))}
            {...form.getInputProps('locale')}
          />
          {(invite.error ?? change.error) ? <Failure failure={invite.error ?? change.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending || change.isPending}>
              {person === null ? t('invite') : t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
