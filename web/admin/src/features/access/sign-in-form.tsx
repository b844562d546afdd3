// E-mail and password, and a code once the server asks for it.
import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { PasswordInput } from '@shared/password-input';
import { told } from '@shared/problem';
import { Failure } from '@shared/ui';
import { useEffect, useRef, useState } from 'react';
import { useAccessWords } from './words';

const CODE_WANTED = 'access.second_factor_required';
const CODE_WRONG = 'access.second_factor_wrong';
/** Too many tries, of this account or from this network. */
const WAITS = new Set(['access.sign_in_blocked', 'access.knocks_exceeded']);

const FILLED_MS = 300;
const SECOND_MS = 1000;

interface SignInFormProps {
  /** Whoever is asked again; she does not type it twice. */
  email?: string | undefined;
  onEntered: (me: Schemas['MeOut']) => void;
}

export function SignInForm({ email, onEntered }: SignInFormProps) {
  const { t } = useAccessWords();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: email ?? '', password: '', code: '' } });
  const [wantsCode, setWantsCode] = useState(false);
  const address = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const code = useRef<HTMLInputElement>(null);
  const enter = api.useMutation('post', '/v1/auth/sign-in', {
    onSuccess: (me) => onEntered(me),
    onError: (failure) => {
      const refusal = told(failure).code;
      // Once she was asked for a code the field stays, also while she has to wait.
      setWantsCode((wanted) => wanted || refusal === CODE_WANTED || refusal === CODE_WRONG);
      // What was wrong is typed anew, not added to.
      (refusal === CODE_WRONG ? code : refusal === CODE_WANTED || WAITS.has(refusal ?? '') ? undefined : secret)?.current?.select();
    },
  });
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
  const wait = enter.error && WAITS.has(refusal ?? '') ? Number((enter.error as Record<string, unknown>)['retry_after_seconds'] ?? 0) : 0;
  return (
    <form
      onSubmit={form.onSubmit(({ code: typed, ...who }) => {
        if (wait === 0) {
          enter.mutate({ body: { ...who, ...(wantsCode && typed.trim() !== '' ? { code: typed.trim() } : {}) } });
        }
      })}
    >
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
            ref={code}
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
        {wait > 0 ? <Waits key={enter.submittedAt} seconds={wait} onOver={enter.reset} /> : null}
        {enter.error && wait === 0 && refusal !== CODE_WANTED ? <Failure failure={enter.error} writing /> : null}
        <Button type="submit" loading={enter.isPending} disabled={wait > 0}>
          {t('enter')}
        </Button>
      </Stack>
    </form>
  );
}

/** How long nobody may try now, counted down. */
function Waits({ seconds, onOver }: { seconds: number; onOver: () => void }) {
  const { t } = useAccessWords();
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const until = Date.now() + seconds * SECOND_MS;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((until - Date.now()) / SECOND_MS))), SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [seconds]);
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  });
  useEffect(() => {
    if (left === 0) {
      over.current();
    }
  }, [left]);
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return (
    <Alert color="yellow" variant="light" role="alert" title={t('waits')}>
      {/* Said once; the seconds that pass are for the eye. */}
      <span aria-hidden>{t('waitsFor', { time: clock })}</span>
    </Alert>
  );
}

/** Whether the browser did it, not a person. */
function isFilledIn(field: HTMLInputElement): boolean {
  return CSS.supports('selector(:autofill)') && field.matches(':autofill');
}
