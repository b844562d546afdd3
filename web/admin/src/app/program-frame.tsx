// The frame with the menu around the pages of one program.
import { Box, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { NotAllowed } from '@shared/not-allowed';
import { useMe } from '@shared/session';
import { Waiting } from '@shared/ui';
import { Link, Navigate, Outlet, useMatches, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { Clock } from './clock';
import { Lost } from './frames';
import { useFrameWords } from './frames.words';
import { BellPlace, SwitchPlace } from './places';
import { SCREENS, screenOf } from './screens';
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
          <Burger opened={opened} onClick={menu.toggle} hiddenFrom="md" size="sm" aria-label={t('menu')} aria-expanded={opened} aria-controls="screens" />
          <img src="/admin/favicon.svg" width={26} height={26} alt="" />
          <SwitchPlace slug={program} />
        </>
      }
      right={<BellPlace program={program} />}
      nav={
        <nav id="screens" className="screens" data-opened={opened} aria-label={t('nav')}>
          {SCREENS.filter((each) => each.needs.some((one) => held.has(one))).map((each) => (
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
        <Allowed program={program}>
          <Outlet />
        </Allowed>
      </Box>
    </Shell>
  );
}

/** The page, where there is such a program and one may open it. Whoever has no numbers to look at begins with her first screen. */
function Allowed({ program, children }: { program: string; children: ReactNode }) {
  const me = useMe();
  // Of the page that is drawn, which may not yet be the one of the address.
  const path = useMatches({ select: (matches) => matches.at(-1)?.pathname ?? '' });
  const screen = screenOf(path, program);
  const held = new Set<string>(me.data?.permissions ?? []);
  const opens = (needs: readonly string[]) => needs.some((each) => held.has(each));
  if (me.data !== undefined && !me.data.programs.some((each) => each.slug === program)) {
    return me.isFetching ? <Waiting rows={6} /> : <Lost />;
  }
  if (screen === undefined || opens(screen.needs)) {
    return children;
  }
  const first = SCREENS.find((each) => opens(each.needs));
  return screen.key === 'home' && first !== undefined ? <Navigate to={first.to} params={{ program }} replace /> : <NotAllowed />;
}
