// What surrounds pages: the root with its language and colours, the door, and the frame with the menu.
import {
  ActionIcon, AppShell, Avatar, Burger, Button, Group, Menu, NavLink, ScrollArea, Select, Stack, Text, useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { api, onSignedOut } from '@api';
import { useMe } from '@shared/session';
import { Failure, Page, Waiting } from '@shared/ui';
import { chooseLanguage, LANGUAGES, useLanguage, type Language } from '@shared/words';
import { IconLogout, IconUsers } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, Outlet, useNavigate, useParams, useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useFrameWords } from './frames.words';

/** Outside everything: leads to the sign-in page when the session ends, and back to where one was. */
export function Root() {
  const router = useRouter();
  const queries = useQueryClient();
  useEffect(() => {
    onSignedOut(() => {
      const here = router.state.location;
      if (!here.pathname.startsWith('/sign-in')) {
        queries.removeQueries({ queryKey: ['get', '/v1/auth/me'] });
        void router.navigate({ to: '/sign-in', search: { next: here.href } });
      }
    });
  }, [router, queries]);
  return <Outlet />;
}

/** The door: whoever is not signed in is led to the sign-in page and comes back here after. */
export function SignedIn() {
  const me = useMe();
  const here = useRouterState({ select: (state) => state.location.href });
  if (me.data) {
    return <Outlet />;
  }
  if (me.error) {
    const code = (me.error as { status?: number }).status;
    return code === 401 ? <Navigate to="/sign-in" search={{ next: here }} replace /> : <Failure failure={me.error} retry={() => void me.refetch()} />;
  }
  return (
    <main style={{ padding: 32 }}>
      <Waiting rows={6} />
    </main>
  );
}

const SCREENS = [
  { key: 'members', to: '/p/$program/members', icon: IconUsers, needs: 'members:read' },
] as const;

/** The frame with the menu around the pages of one program. */
export function ProgramFrame() {
  const { t } = useFrameWords();
  const [opened, menu] = useDisclosure(false);
  const { program } = useParams({ strict: false });
  const me = useMe();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(menu.close, [path, menu.close]);
  const held = new Set<string>(me.data?.permissions ?? []);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'md', sm: 'xl' }}>
      <a href="#content" className="skip">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
            <img src="/admin/favicon.svg" width={26} height={26} alt="Puntal" />
            <Select
              aria-label={t('program')}
              data={(me.data?.programs ?? []).map((each) => each.slug)}
              value={program ?? null}
              allowDeselect={false}
              size="xs"
              variant="filled"
              w={160}
              onChange={(slug) => slug !== null && void navigate({ to: '/p/$program/members', params: { program: slug } })}
            />
          </Group>
          <Account />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav')}>
        <AppShell.Section grow component={ScrollArea}>
          <Stack gap={2}>
            {SCREENS.filter((each) => held.has(each.needs)).map((each) => (
              <NavLink
                key={each.key}
                renderRoot={(props) => <Link to={each.to} params={{ program: program ?? '' }} {...props} />}
                label={t(each.key)}
                leftSection={<each.icon size={18} stroke={1.6} />}
                active={path.startsWith(each.to.replace('$program', program ?? ''))}
              />
            ))}
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** Language, colours, and the way out. */
export function Account() {
  const { t } = useFrameWords();
  const me = useMe();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = api.useMutation('post', '/v1/auth/sign-out', {
    onSuccess: () => {
      queries.clear();
      void navigate({ to: '/sign-in' });
    },
  });
  return (
    <Menu width={220} position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={t('account')}>
          <Avatar size={30} radius="xl" color="puntal" name={me.data?.staff.name ?? undefined} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.data?.staff.email}</Menu.Label>
        <Menu.Label>{t('language')}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => (
          <Menu.Item key={each} lang={each} aria-current={each === language} fw={each === language ? 700 : 400} onClick={() => void chooseLanguage(each)}>
            {LANGUAGES[each]}
          </Menu.Item>
        ))}
        <Menu.Label>{t('appearance')}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((each) => (
          <Menu.Item key={each} aria-current={each === colorScheme} fw={each === colorScheme ? 700 : 400} onClick={() => setColorScheme(each)}>
            {t(each)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate({})}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** No such page. */
export function Lost() {
  const { t } = useFrameWords();
  return (
    <main style={{ padding: 32 }}>
      <Page title={t('lost')} about={t('lostText')}>
        <Text>{t('lostText')}</Text>
        <Group>
          <Button component={Link} to="/">
            {t('lostAction')}
          </Button>
        </Group>
      </Page>
    </main>
  );
}
