import { Anchor, Button, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@api';
import { Door } from '@shared/door';
import { PasswordInput } from '@shared/password-input';
import { told } from '@shared/problem';
import { ME } from '@shared/session';
import { Failure } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { SignInForm } from './sign-in-form';
import { useAccessWords } from './words';

/** Choosing a new password with what an owner handed over; it signs her in. */
export function ResetPage() {
  const { t } = useAccessWords();
  const { token } = useSearch({ from: '/reset' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({ mode: 'uncontrolled', initialValues: { token: token ?? '', password: '' } });
  const whose = api.useQuery('post', '/v1/auth/password/reset/for', { body: { token: token ?? '' } }, { enabled: token !== undefined, retry: false, staleTime: Infinity, refetchOnWindowFocus: false });
  const go = async () => {
    await queries.resetQueries({ queryKey: ME.queryKey });
    await navigate({ to: '/', replace: true });
  };
  const enter = api.useMutation('post', '/v1/auth/sign-in', { onSuccess: () => void go() });
  const save = api.useMutation('post', '/v1/auth/password/reset', {
    onSuccess: (_, { body }) => {
      if (whose.data !== undefined) {
        enter.mutate({ body: { email: whose.data.email, password: body.password } });
      }
    },
  });
  const toSignIn = (
    <Anchor size="sm" c="dimmed" ta="center" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
      {t('toSignIn')}
    </Anchor>
  );
  if (told(whose.error).code === 'access.reset_over' && !save.isSuccess) {
    return (
      <Door title={t('resetOver')} about={t('resetAbout')}>
        <Text size="sm" role="alert">
          {t('resetOverText')}
        </Text>
        <Button variant="default" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {t('toSignIn')}
        </Button>
      </Door>
    );
  }
  if (save.isSuccess) {
    return (
      <Door title={t('reset')} about={t('resetAbout')}>
        {whose.data === undefined || enter.error ? (
          <Stack>
            <Text size="sm" role="status">
              {t('resetDone')}
            </Text>
            {/* With a second factor, its code is still to be asked for. */}
            <SignInForm email={whose.data?.email} onEntered={() => void go()} />
          </Stack>
        ) : (
          <Loader mx="auto" aria-label={t('enter')} />
        )}
      </Door>
    );
  }
  return (
    <Door title={t('reset')} about={t('resetAbout')}>
      <form onSubmit={form.onSubmit((body) => save.mutate({ body: { ...body, token: body.token.trim() } }))}>
        <Stack>
          {whose.data === undefined ? null : (
            <div>
              <Text fw={600}>{t('resetHello', { name: whose.data.name })}</Text>
              <Text size="sm">{t('resetAt', { organization: whose.data.organization })}</Text>
            </div>
          )}
          {token === undefined ? (
            <TextInput label={t('token')} autoComplete="off" required withAsterisk={false} {...form.getInputProps('token')} key={form.key('token')} />
          ) : null}
          {whose.data === undefined ? null : <TextInput label={t('email')} type="email" autoComplete="username" readOnly variant="filled" value={whose.data.email} />}
          <PasswordInput
            label={t('newPassword')}
            description={t('least')}
            autoComplete="new-password"
            minLength={12}
            required
            withAsterisk={false}
            {...form.getInputProps('password')}
            key={form.key('password')}
          />
          {save.error ? <Failure failure={save.error} writing /> : null}
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
          {toSignIn}
        </Stack>
      </form>
    </Door>
  );
}
