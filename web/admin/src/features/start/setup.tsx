import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@api';
import { Door } from '@shared/door';
import { PasswordInput } from '@shared/password-input';
import { Failure, Loaded } from '@shared/ui';
import { useLanguage } from '@shared/words';
import { useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useSetupWords } from './words';

/** The first account of an installation that nobody owns. */
export function SetupPage() {
  const { t } = useSetupWords();
  const standing = api.useQuery('get', '/v1/setup', {}, { staleTime: Infinity, retry: false });
  return (
    <Door title={t('title')} about={t('about')} width={440}>
      <Loaded query={standing}>
        {(found) => (found.owned ? <Navigate to="/" replace /> : <FirstOwner least={found.password_least} withToken={found.token_required} />)}
      </Loaded>
    </Door>
  );
}

function FirstOwner({ least, withToken }: { least: number; withToken: boolean }) {
  const { t } = useSetupWords();
  const locale = useLanguage();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ mode: 'uncontrolled', initialValues: { organization: '', name: '', email: '', password: '', token: '' } });
  const create = api.useMutation('post', '/v1/setup', {
    onSuccess: async () => {
      await navigate({ to: '/start', replace: true });
      await queries.resetQueries();
    },
  });
  const field = (name: 'organization' | 'name' | 'email' | 'password' | 'token') => ({
    required: true,
    withAsterisk: false,
    ...form.getInputProps(name),
    key: form.key(name),
  });
  return (
    <form onSubmit={form.onSubmit(({ token, ...who }) => create.mutate({ body: { ...who, locale, ...(withToken ? { token: token.trim() } : {}) } }))}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('lead')}
        </Text>
        <TextInput label={t('organization')} placeholder={t('organizationHint')} autoComplete="organization" maxLength={200} autoFocus {...field('organization')} />
        <TextInput label={t('name')} autoComplete="name" maxLength={200} {...field('name')} />
        <TextInput label={t('email')} type="email" autoComplete="username" {...field('email')} />
        <PasswordInput label={t('password')} description={t('least', { count: least })} autoComplete="new-password" minLength={least} {...field('password')} />
        {withToken ? <TextInput label={t('token')} description={t('tokenHint')} autoComplete="off" {...field('token')} /> : null}
        {create.error ? <Failure failure={create.error} writing /> : null}
        <Button type="submit" loading={create.isPending}>
          {t('create')}
        </Button>
      </Stack>
    </form>
  );
}
