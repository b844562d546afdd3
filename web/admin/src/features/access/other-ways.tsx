// Signing in without a password: with a passkey, or by whoever vouches for staff.
import { Button, Divider, Stack } from '@mantine/core';
import { api, type Schemas } from '@api';
import { keepNext } from '@shared/next';
import { Failure } from '@shared/ui';
import { IconBuilding, IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { knowsPasskeys, signed } from './webauthn';
import { useAccessWords } from './words';

interface OtherWaysProps {
  standing: Schemas['SetupOut'] | undefined;
  /** An address of this app to come back to. */
  next?: string | undefined;
  /** Whether this page has to stay: then a provider's is opened beside it. */
  beside?: boolean;
  onEntered: (me: Schemas['MeOut']) => void;
}

/** On a phone a long name takes two lines. */
const WRAPS = { root: { height: 'auto', minHeight: 'var(--button-height)', paddingBlock: 6 }, label: { whiteSpace: 'normal' } } as const;

export function OtherWays({ standing, next, beside = false, onEntered }: OtherWaysProps) {
  const { t } = useAccessWords();
  const begin = api.useMutation('post', '/v1/auth/passkeys/sign-in/begin');
  const enter = api.useMutation('post', '/v1/auth/passkeys/sign-in', { onSuccess: (me) => onEntered(me) });
  const [unused, setUnused] = useState(false);
  const withPasskey = standing?.passkeys === true && knowsPasskeys();
  const providers = standing?.providers ?? [];
  if (!withPasskey && providers.length === 0) {
    return null;
  }
  const choose = async () => {
    setUnused(false);
    const options = await begin.mutateAsync({}).catch(() => undefined);
    if (options !== undefined) {
      const credential = await signed(options).catch(() => undefined);
      if (credential === undefined) {
        setUnused(true);
      } else {
        enter.mutate({ body: { credential } });
      }
    }
  };
  const failure = begin.error ?? enter.error;
  return (
    <Stack gap="sm">
      <Divider label={t('or')} />
      {withPasskey ? (
        <Button variant="default" styles={WRAPS} leftSection={<IconFingerprint size={18} />} loading={begin.isPending || enter.isPending} onClick={() => void choose()}>
          {t('passkey')}
        </Button>
      ) : null}
      {providers.map((each) => (
        <Button
          key={each.id}
          variant="default"
          styles={WRAPS}
          leftSection={<IconBuilding size={18} />}
          component="a"
          href={`/v1/auth/sso/${each.id}`}
          {...(beside ? { target: '_blank' } : { onClick: () => keepNext(next) })}
        >
          {t('provider', { name: each.name })}
        </Button>
      ))}
      {failure ? <Failure failure={failure} writing /> : null}
      {unused ? <p role="status">{t('passkeyFailed')}</p> : null}
    </Stack>
  );
}
