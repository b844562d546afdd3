// E-mail and password, and a code once the server asks for it.
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { told } from '@shared/problem';
import { Failure } from '@shared/ui';
import { useEffect, useRef } from 'react';
import { useAccessWords } from './words';

const CODE_WANTED = 'access.second_factor_required';
const CODE_WRONG = 'access.second_factor_wrong';

const FILLED_MS = 300;

interface SignInFormProps {
  /** Whoever is asked again; she does not type it twice. */
  email?: string | undefined;
  onEntered: (me: Schemas['MeOut']) => void;
}

export function SignInForm({ email, onEntered }: SignInFormProps) {
  const { t } = useAccessWords();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: email ?? '', password: '', code: '' } });
  const enter = api.useMutation('post', '/v1/auth/sign-in', { onSuccess: (me) => onEntered(me) });
  const address = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The browser fills in what it keeps some moments after the page was drawn; then only the password is left to type.
    const timer = setTimeout(() => {
      if (document.activeElement === address.current && address.current !== null && isFilledIn(address.current)) {
        secret.current?.focus();
      }
    }, FILLED_MS);
    return () => clearTimeout(timer);
  }, []);
  const refusal = told(enter.error).code;
  const wantsCode = refusal === CODE_WANTED || refusal === CODE_WRONG;
  return (
    <form onSubmit={form.onSubmit(({ code, ...who }) => enter.mutate({ body: { ...who, ...(wantsCode && code.trim() !== '' ? { code: code.trim() } : {}) } }))}>
      <Stack>
        <TextInput
          ref={address}
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
          ref={secret}
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

/** Whether the browser did it, not a person. */
function isFilledIn(field: HTMLInputElement): boolean {
  return CSS.supports('selector(:autofill)') && field.matches(':autofill');
}
