import { Anchor, Popover, Text } from '@mantine/core';
import { api } from '@api';
import { useQueryClient } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { Door } from '@shared/door';
import { SignInForm } from './sign-in-form';
import { useAccessWords } from './words';

/** The way in; leads to setting up while nobody owns the installation. */
export function SignInPage() {
  const { t } = useAccessWords();
  const { next } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const standing = api.useQuery('get', '/v1/setup', {}, { staleTime: 0, retry: false });
  if (standing.data?.owned === false) {
    return <Navigate to="/setup" replace />;
  }
  const enter = async () => {
    await queries.resetQueries();
    await navigate({ to: next ?? '/', replace: true });
  };
  return (
    <Door title={t('title')} about={t('about')}>
      <SignInForm onEntered={() => void enter()} />
      <Forgotten />
    </Door>
  );
}

function Forgotten() {
  const { t } = useAccessWords();
  return (
    <Popover width={300} withArrow shadow="md" trapFocus>
      <Popover.Target>
        <Anchor component="button" type="button" size="sm" c="dimmed" ta="center">
          {t('forgotten')}
        </Anchor>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{t('forgottenText')}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
