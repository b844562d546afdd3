// The frame with the menu around the pages of one program.
import { Box, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMe } from '@shared/session';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Clock } from './clock';
import { useFrameWords } from './frames.words';
import { BellPlace, SwitchPlace } from './places';
import { SCREENS } from './screens';
import { Shell } from './shell';

export function ProgramFrame() {
  const { t } = useFrameWords();
  const [opened, menu] = useDisclosure(false);
  const { program = '' } = useParams({ strict: false });
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(menu.close, [path, menu.close]);
  const held = new Set<string>(me.data?.permissions ?? []);
  return (
    <Shell
      left={
        <>
          <Burger opened={opened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} aria-expanded={opened} aria-controls="screens" />
          <img src="/admin/favicon.svg" width={26} height={26} alt="" />
          <SwitchPlace slug={program} />
        </>
      }
      right={<BellPlace program={program} />}
      nav={
        <nav id="screens" className="screens" data-opened={opened} aria-label={t('nav')}>
          {SCREENS.filter((each) => held.has(each.needs)).map((each) => (
            <Link key={each.key} to={each.to} params={{ program }} activeOptions={{ exact: each.key === 'home', includeSearch: false }} className="screen">
              <each.icon size={18} stroke={1.6} aria-hidden />
              {t(each.key)}
            </Link>
          ))}
        </nav>
      }
    >
      <Clock slug={program} />
      <Box maw={1280} mx="auto">
        <Outlet />
      </Box>
    </Shell>
  );
}
