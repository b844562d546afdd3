// The frame around pages of no program: the way back, and the account.
import { Box, Button } from '@mantine/core';
import { useMe } from '@shared/session';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { useFrameWords } from './frames.words';
import { Shell } from './shell';

export function PlainFrame() {
  const { t } = useFrameWords();
  const me = useMe();
  return (
    <Shell
      left={
        <>
          <img src="/admin/favicon.svg" width={26} height={26} alt="" />
          {me.data?.programs.length === 0 ? null : (
            <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconArrowLeft size={16} />} renderRoot={(props) => <Link to="/" {...props} />}>
              {t('toProgram')}
            </Button>
          )}
        </>
      }
    >
      <Box maw={960} mx="auto">
        <Outlet />
      </Box>
    </Shell>
  );
}
