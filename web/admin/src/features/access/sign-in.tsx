import { Button, Center, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '@api';
import { told } from '@shared/problem';
import { Failure, Page } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAccessWords } from './words';

const CODE_WANTED = 'access.second_factor_required';

/** E-mail and password, and a code once the server asks for it. */
export function SignInPage() {
  const { t } = useAccessWords();
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { email: '', password: '', code: '' } });
  const enter = api.useMutation('post', '/v1/auth/sign-in', {
    onSuccess: async () => {
      await queries.invalidateQueries();
      await navigate({ to: next ?? '/', replace: true });
    },
  });
  const wantsCode = told(enter.error).code === CODE_WANTED || form.values.code !== '';
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400}>
        <Page title={t('title')} about={t('about')}>
          <form
            onSubmit={form.onSubmit(({ email, password, code }) => enter.mutate({ body: { email, password, ...(code === '' ? {} : { code }) } }))}
          >
            <Stack>
              <TextInput label={t('email')} type="email" autoComplete="username" required {...form.getInputProps('email')} />
              <PasswordInput label={t('password')} autoComplete="current-password" required {...form.getInputProps('password')} />
              {wantsCode ? <TextInput label={t('code')} autoComplete="one-time-code" inputMode="text" {...form.getInputProps('code')} /> : null}
              {enter.error && told(enter.error).code !== CODE_WANTED ? <Failure failure={enter.error} writing /> : null}
              <Button type="submit" loading={enter.isPending}>
                {t('enter')}
              </Button>
            </Stack>
          </form>
        </Page>
      </Paper>
    </Center>
  );
}
