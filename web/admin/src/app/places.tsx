// Where the menus of the header stand until their code has come: the page does not wait for it.
import { Box, Text } from '@mantine/core';
import { useMe } from '@shared/session';
import { lazy, Suspense } from 'react';

const AccountMenu = lazy(() => import('./account-menu'));
const Bell = lazy(() => import('./bell'));
const ProgramSwitch = lazy(() => import('./program-switch'));

export function AccountPlace() {
  return (
    <Suspense fallback={<Box w={34} h={34} />}>
      <AccountMenu />
    </Suspense>
  );
}

export function BellPlace({ program }: { program: string }) {
  return (
    <Suspense fallback={<Box w={34} h={34} />}>
      <Bell program={program} />
    </Suspense>
  );
}

export function SwitchPlace({ slug }: { slug: string }) {
  const me = useMe();
  const name = me.data?.programs.find((each) => each.slug === slug)?.name ?? slug;
  return (
    <Suspense
      fallback={
        <Text fw={600} size="sm" truncate px="xs" maw={{ base: 170, sm: 280 }}>
          {name}
        </Text>
      }
    >
      <ProgramSwitch slug={slug} />
    </Suspense>
  );
}
