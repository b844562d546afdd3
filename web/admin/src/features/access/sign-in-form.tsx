// E-mail and password, and a code once the server asks for it.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { told } from '@shared/problem';
import { Failure } from '@shared/ui';
import { useAccessWords } from './words';

const CODE_WANTED = 'access.second_factor_required';
const CODE_WRONG = 'access.second_factor_wrong';

interface SignInFormProps {
  /** Whoever is asked again; she does not type it twice. */
  email?: string | undefined;
  onEntered: (me: Schemas['MeOut']) => void;
}

export function SignInForm({ email, onEntered }: SignInFormProps) {
  const { t } = useAccessWords();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: email ?? '', password: '', code: '' } });
  const enter = api.useMutation('post', '/v1/auth/sign-in', { onSuccess: (me) => onEntered(me) });
  const refusal = told(enter.error).code;
  const wantsCode = refusal === CODE_WANTED || refusal === CODE_WRONG;
  return (
    <form onSubmit={form.onSubmit(({ code, ...who }) => enter.mutate({ body: { ...who, ...(wantsCode && code.trim() !== '' ? { code: code.trim() } : {}) } }))}>
      <Stack>
        <TextInput
          label={t('email')}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus={email === undefined}
          {...form.getInputProps('email')}
          key={form.key('email')}
        />
        <PasswordInput
          label={t('password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          // The dialog that asks again looks for this one, the page for the other.
          {...(email === undefined ? {} : { autoFocus: true, 'data-autofocus': true })}
          {...form.getInputProps('password')}
          key={form.key('password')}
        />
        {wantsCode ? (
          <TextInput
            label={t('code')}
            description={t('codeHint')}
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            {...form.getInputProps('code')}
            key={form.key('code')}
          />
        ) : null}
        {enter.error && refusal !== CODE_WANTED ? <Failure failure={enter.error} writing /> : null}
        <Button type="submit" loading={enter.isPending}>
          {t('enter')}
        </Button>
      </Stack>
    </form>
  );
}
