// The settings: a list of subjects beside the one that is open; on a phone a choice above it.
import { Box, Flex, NavLink, Select, Stack } from '@mantine/core';
import { NotAllowed } from '@shared/not-allowed';
import { useMay } from '@shared/session';
import { Link, Navigate, Outlet, useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { useSettingsWords } from './words';

const SUBJECTS = [
  { key: 'people', to: '/p/$program/settings/people', needs: 'staff:read' },
  { key: 'roles', to: '/p/$program/settings/roles', needs: 'staff:read' },
  { key: 'sso', to: '/p/$program/settings/sso', needs: 'staff:read' },
  { key: 'stores', to: '/p/$program/settings/stores', needs: 'staff:read' },
  { key: 'approvals', to: '/p/$program/settings/approvals', needs: 'approvals:read' },
  { key: 'keys', to: '/p/$program/settings/keys', needs: 'keys:read' },
  { key: 'webhooks', to: '/p/$program/settings/webhooks', needs: 'webhooks:read' },
  { key: 'imports', to: '/p/$program/settings/imports', needs: 'imports:write' },
  { key: 'exports', to: '/p/$program/settings/exports', needs: 'reports:read' },
  { key: 'jobs', to: '/p/$program/settings/jobs', needs: 'program:read' },
  { key: 'audit', to: '/p/$program/settings/audit', needs: 'audit:read' },
] as const;

export function SettingsFrame() {
  const { t } = useSettingsWords();
  const { program } = useParams({ from: '/signed-in/p/$program/settings' });
  const may = useMay();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = SUBJECTS.filter((each) => may(each.needs));
  const open = shown.find((each) => path.startsWith(each.to.replace('$program', program)));
  return (
    <Flex gap="xl" direction={{ base: 'column', md: 'row' }}>
      <Select
        hiddenFrom="md"
        aria-label={t('subjects')}
        data={shown.map((each) => ({ value: each.to, label: t(each.key) }))}
        value={open?.to ?? null}
        allowDeselect={false}
        onChange={(to) => {
          const chosen = shown.find((each) => each.to === to);
          if (chosen !== undefined) {
            void navigate({ to: chosen.to, params: { program } });
          }
        }}
      />
      <Stack component="nav" aria-label={t('subjects')} gap={2} w={176} visibleFrom="md" style={{ flexShrink: 0 }}>
        {shown.map((each) => (
          <NavLink
            key={each.key}
            renderRoot={(props) => <Link to={each.to} params={{ program }} {...props} />}
            label={t(each.key)}
            active={each === open}
            aria-current={each === open ? 'page' : undefined}
            className="screen"
          />
        ))}
      </Stack>
      <Box style={{ flexGrow: 1, minWidth: 0 }}>
        {open === undefined && SUBJECTS.some((each) => path.startsWith(each.to.replace('$program', program))) ? <NotAllowed /> : <Outlet />}
      </Box>
    </Flex>
  );
}

/** The settings by themselves: the first subject one may open. */
export function FirstSubject() {
  const { program } = useParams({ from: '/signed-in/p/$program/settings' });
  const may = useMay();
  const first = SUBJECTS.find((each) => may(each.needs));
  return first === undefined ? <NotAllowed /> : <Navigate to={first.to} params={{ program }} replace />;
}
