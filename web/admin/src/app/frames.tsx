// What stands around every page: the root, the door, and the page for addresses that lead nowhere. In the first load.
import { Anchor, Box, Button, Group, Notification, Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { onSignedOut } from '@api';
import { renewSession } from '@shared/problem';
import { ME, useMe } from '@shared/session';
import { Failure, Page, Waiting } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { IconCloudOff } from '@tabler/icons-react';
import { lazy, Suspense, useDeferredValue, useEffect, useState } from 'react';
import { useFrameWords } from './frames.words';

const Toasts = lazy(() => import('./toasts'));
const SignInAgain = lazy(async () => ({ default: (await import('../features/access/sign-in-again')).SignInAgain }));

/** Outside everything: asks to sign in again when the session ends, over the page that was open, so that nothing typed is lost. */
export function Root() {
  const router = useRouter();
  const queries = useQueryClient();
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    onSignedOut(() => {
      const here = router.state.location;
      if (queries.getQueriesData({ queryKey: ME.queryKey }).some(([, data]) => data !== undefined)) {
        setEnded(true);
      } else if (!here.pathname.startsWith('/sign-in')) {
        void router.navigate({ to: '/sign-in', search: { next: here.href } });
      }
    });
  }, [router, queries]);
  const signedInAgain = () => {
    setEnded(false);
    renewSession();
  };
  return (
    <>
      <Outlet />
      <Offline />
      <Suspense>
        <Toasts />
        {ended ? <SignInAgain onBack={signedInAgain} /> : null}
      </Suspense>
    </>
  );
}

/** Says that there is no connection while there is none; the till says by itself how it goes on. */
function Offline() {
  const { t } = useFrameWords();
  const { online } = useNetwork();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return online || path.endsWith('/till') ? null : (
    <Box pos="fixed" bottom={16} left={16} right={16} maw={440} mx="auto" style={{ zIndex: 400 }} role="status">
      <Notification icon={<IconCloudOff size={18} />} color="yellow" title={t('offline')} withCloseButton={false} withBorder>
        <Text component="span" size="sm" c="dimmed">
          {t('offlineText')}
        </Text>
      </Notification>
    </Box>
  );
}

/** The door: whoever is not signed in is led to the sign-in page and comes back here after. */
export function SignedIn() {
  const me = useMe();
  // The frame and its page are drawn in pieces: the browser goes on answering meanwhile.
  if (useDeferredValue(me.data !== undefined)) {
    return <Outlet />;
  }
  if (me.error) {
    const code = (me.error as { status?: number }).status;
    return code === 401 ? (
      <ToSignIn />
    ) : (
      <Box component="main" p="xl" maw={640} mx="auto">
        <Failure failure={me.error} retry={() => void me.refetch()} />
      </Box>
    );
  }
  return (
    <Box component="main" p="xl">
      <Waiting rows={6} />
    </Box>
  );
}

/** Goes once: the address changes before the sign-in page has come, and must not be taken for where one was. */
function ToSignIn() {
  const router = useRouter();
  useEffect(() => {
    void router.navigate({ to: '/sign-in', search: { next: router.state.location.href }, replace: true });
  }, [router]);
  return <Waiting rows={3} />;
}

/** No such page. */
export function Lost() {
  const { t } = useFrameWords();
  return (
    <Box component="main" p="xl" maw={640} mx="auto">
      <Page title={t('lost')} about={t('lostText')}>
        <Text>{t('lostText')}</Text>
        <Group>
          <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('lostAction')}</Button>
        </Group>
      </Page>
    </Box>
  );
}

/** A page that could not be shown: its code did not arrive, or it has a fault. */
export function Broken({ reset }: { error: unknown; reset: () => void }) {
  const { t } = useFrameWords();
  return (
    <Box p="xl" maw={640} mx="auto" role="alert">
      <Text fw={600}>{t('broken')}</Text>
      <Text size="sm" c="dimmed" mb="sm">
        {t('brokenText')}
      </Text>
      <Group gap="sm">
        <Button size="xs" onClick={reset}>
          {t('brokenAction')}
        </Button>
        <Anchor size="sm" href={window.location.href}>
          {t('reload')}
        </Anchor>
      </Group>
    </Box>
  );
}
