// The frame with the menu around the pages of one program.
import { AppShell, Box, Burger, Group, NavLink, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMe } from '@shared/session';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Clock } from './clock';
import { useFrameWords } from './frames.words';
import { AccountPlace, SwitchPlace } from './places';
import { SCREENS } from './screens';

export function ProgramFrame() {
  const { t } = useFrameWords();
  const [opened, menu] = useDisclosure(false);
  const { program = '' } = useParams({ strict: false });
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(menu.close, [path, menu.close]);
  const held = new Set<string>(me.data?.permissions ?? []);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'md', sm: 'xl' }}>
      <a href="#content" className="skip">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
            <img src="/admin/favicon.svg" width={26} height={26} alt="" />
            <SwitchPlace slug={program} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <AccountPlace />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav')} style={{ overflowY: 'auto' }}>
        <Stack gap={2}>
          {SCREENS.filter((each) => held.has(each.needs)).map((each) => {
            const address = each.to.replace('$program', program);
            const here = each.key === 'home' ? path.replace(/\/$/, '') === address : path === address || path.startsWith(`${address}/`);
            return (
              <NavLink
                key={each.key}
                renderRoot={(props) => <Link to={each.to} params={{ program }} {...props} />}
                label={t(each.key)}
                leftSection={<each.icon size={18} stroke={1.6} />}
                active={here}
                aria-current={here ? 'page' : undefined}
                className="screen"
              />
            );
          })}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Clock slug={program} />
        <Box maw={1280} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}
