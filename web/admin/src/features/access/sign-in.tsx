import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { api } from '@api';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Door } from '@shared/door';
import { takeNext } from '@shared/next';
import { OtherWays } from './other-ways';
import { SignInForm } from './sign-in-form';
import { useAccessWords } from './words';

/** Why a provider let nobody in, by the server's code. */
const REASONS: Partial<Record<string, 'refused.nobody' | 'refused.unverified' | 'refused.misset' | 'refused.away'>> = {
  'access.sso_nobody': 'refused.nobody',
  'access.sso_email_unverified': 'refused.unverified',
  'access.sso_client_refused': 'refused.misset',
  'access.secret_unreadable': 'refused.misset',
  'access.provider_unknown': 'refused.away',
  'access.provider_unreachable': 'refused.away',
};

/** The way in; leads to setting up while nobody owns the installation. */
export function SignInPage() {
  const { t } = useAccessWords();
  const { next, refused } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const standing = api.useQuery('get', '/v1/setup', {}, { staleTime: 0, retry: false });
  const unowned = standing.data?.owned === false;
  useEffect(() => {
    if (unowned) {
      void navigate({ to: '/setup', replace: true });
    }
  }, [unowned, navigate]);
  const enter = async () => {
    await queries.resetQueries();
    await navigate({ to: next ?? takeNext() ?? '/', replace: true });
  };
  return (
    <Door title={t('title')} about={t('about')}>
      {refused === undefined ? null : (
        <Alert color="yellow" variant="light" role="alert">
          {t(REASONS[refused] ?? 'refused.tryAgain')}
        </Alert>
      )}
      <SignInForm onEntered={() => void enter()} />
      <OtherWays standing={standing.data} next={next} onEntered={() => void enter()} />
      <Forgotten />
    </Door>
  );
}

function Forgotten() {
  const { t } = useAccessWords();
  const [opened, text] = useDisclosure(false);
  return (
    <Stack gap={4}>
      <Anchor component="button" type="button" size="sm" c="dimmed" ta="center" aria-expanded={opened} onClick={text.toggle}>
        {t('forgotten')}
      </Anchor>
      {opened ? <Text size="sm">{t('forgottenText')}</Text> : null}
    </Stack>
  );
}
