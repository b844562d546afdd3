// The frame around pages of no program: the way back, and the account.
import { AppShell, Box, Button, Group } from '@mantine/core';
import { useMe } from '@shared/session';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { useFrameWords } from './frames.words';
import { AccountPlace } from './places';

export function PlainFrame() {
  const { t } = useFrameWords();
  const me = useMe();
  return (
    <AppShell header={{ height: 56 }} padding={{ base: 'md', sm: 'xl' }}>
      <a href="#content" className="skip">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <img src="/admin/favicon.svg" width={26} height={26} alt="" />
            {me.data?.programs.length === 0 ? null : (
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                leftSection={<IconArrowLeft size={16} />}
                renderRoot={(props) => <Link to="/" {...props} />}
              >
                {t('toProgram')}
              </Button>
            )}
          </Group>
          <AccountPlace />
        </Group>
      </AppShell.Header>
      <AppShell.Main id="content" tabIndex={-1}>
        <Box maw={960} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}
