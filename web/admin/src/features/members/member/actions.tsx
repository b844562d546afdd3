// What can be done for a member, behind one button beside her name.
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, http } from '@api';
import { useMay } from '@shared/session';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { saveFile } from '../table';
import { useLadders } from '../program';
import { Adjust } from './adjust';
import { usePath, useRefresh, type Member } from './data';
import { Erase } from './erase';
import { GiveTier } from './give-tier';
import { Merge } from './merge';
import { ChangeStatus, type StatusDeed } from './status';
import { useOneWords } from './words';

type Deed = StatusDeed | 'adjust' | 'tier' | 'merge' | 'erase';

export function Actions({ member }: { member: Member }) {
  const { t } = useOneWords();
  const may = useMay();
  const path = usePath();
  const refresh = useRefresh();
  const ladders = useLadders();
  const [deed, setDeed] = useState<Deed | null>(null);
  const close = (): void => setDeed(null);
  const exporting = useMutation<void>({
    mutationFn: async () => {
      const answer = await http.POST('/v1/programs/{program}/members/{member_id}/export', { params: { path } });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      saveFile(`member-${member.id}.json`, JSON.stringify(answer.data, null, 2), 'application/json');
    },
    onSuccess: () => notifications.show({ message: t('exported') }),
  });
  const leavePool = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/leave-pool', {
    onSuccess: () => {
      notifications.show({ message: t('leftPool') });
      refresh();
    },
  });
  const { status } = member;
  const isMember = status === 'active' || status === 'paused' || status === 'blocked';
  const deeds: StatusDeed[] = status === 'active' ? ['pause', 'block', 'leave'] : status === 'paused' ? ['resume', 'block', 'leave'] : status === 'blocked' ? ['unblock'] : [];
  return (
    <>
      {may('points:adjust') && isMember ? (
        <Button variant="default" onClick={() => setDeed('adjust')}>
          {t('adjust')}
        </Button>
      ) : null}
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />} loading={exporting.isPending}>
            {t('actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may('members:write') && isMember && ladders.length > 0 ? <Menu.Item onClick={() => setDeed('tier')}>{t('giveTier')}</Menu.Item> : null}
          {may('members:merge') ? <Menu.Item onClick={() => setDeed('merge')}>{t('merge')}</Menu.Item> : null}
          {may('members:write') && member.pool_id !== null ? <Menu.Item onClick={() => leavePool.mutate({ params: { path } })}>{t('leavePool')}</Menu.Item> : null}
          {may('members:write') && deeds.length > 0 ? (
            <>
              <Menu.Divider />
              {deeds.map((each) => (
                <Menu.Item key={each} onClick={() => setDeed(each)}>
                  {t(each)}
                </Menu.Item>
              ))}
            </>
          ) : null}
          <Menu.Divider />
          <Menu.Item onClick={() => exporting.mutate()}>{t('export')}</Menu.Item>
          {may('members:erase') ? (
            <Menu.Item c="var(--mantine-color-error)" onClick={() => setDeed('erase')}>
              {t('erase')}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {deed === 'adjust' ? <Adjust onClose={close} /> : null}
      {deed === 'tier' ? <GiveTier onClose={close} /> : null}
      {deed === 'merge' ? <Merge member={member} onClose={close} /> : null}
      {deed === 'erase' ? <Erase member={member} onClose={close} /> : null}
      {deed !== null && deeds.includes(deed as StatusDeed) ? <ChangeStatus deed={deed as StatusDeed} onClose={close} /> : null}
    </>
  );
}
