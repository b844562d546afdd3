import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@api';
import { Failure } from '@shared/ui';
import { Link, useSearch } from '@tanstack/react-router';
import { Door } from '@shared/door';
import { useAccessWords } from './words';

/** Choosing a new password with what an owner handed over. */
export function ResetPage() {
  const { t } = useAccessWords();
  const { token } = useSearch({ from: '/reset' });
  const form = useForm({ mode: 'uncontrolled', initialValues: { token: token ?? '', password: '' } });
  const save = api.useMutation('post', '/v1/auth/password/reset');
  const whose = api.useQuery('post', '/v1/auth/password/reset/for', { body: { token: token ?? '' } }, { enabled: token !== undefined, retry: false, staleTime: Infinity });
  return (
    <Door title={t('reset')} about={t('resetAbout')}>
      {save.isSuccess ? (
        <Stack>
          <Text size="sm" role="status">
            {t('resetDone')}
          </Text>
          <Button renderRoot={(props) => <Link to="/sign-in" {...props} />}>{t('toSignIn')}</Button>
        </Stack>
      ) : (
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
            <Anchor size="sm" c="dimmed" ta="center" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
              {t('toSignIn')}
            </Anchor>
          </Stack>
        </form>
      )}
    </Door>
  );
}
