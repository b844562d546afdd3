// One member: who she is, what she holds, and what was done.
import { Alert, Anchor, Breadcrumbs, Button, Group, Tabs, Text } from '@mantine/core';
import { day } from '@shared/format';
import { Loaded, Page, Waiting, faded } from '@shared/ui';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Actions } from './member/actions';
import { calledOf, useMember, useZone, type Member } from './member/data';
import { Overview } from './member/overview';
import { Timeline } from './member/timeline';
import { useOneWords } from './member/words';
import { StatusBadge } from './parts';
import { TABS, type MemberTab } from './routes';

const FROM = '/signed-in/p/$program/members/$member';
const Rewards = lazy(async () => ({ default: (await import('./member/rewards')).Rewards }));
const Movements = lazy(async () => ({ default: (await import('./member/movements')).Movements }));
const Profile = lazy(async () => ({ default: (await import('./member/profile')).Profile }));

export function MemberPage() {
  const { t } = useOneWords();
  const { program } = useParams({ from: FROM });
  const member = useMember();
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/members" params={{ program }} {...props} />}>
          {t('back')}
        </Anchor>
        <Text size="sm" c="dimmed">
          {(member.data === undefined ? undefined : calledOf(member.data)) ?? t('noName')}
        </Text>
      </Breadcrumbs>
      <Loaded query={member} rows={8}>
        {(data) => <One member={data} />}
      </Loaded>
    </>
  );
}

function One({ member }: { member: Member }) {
  const { t, language } = useOneWords();
  const { program } = useParams({ from: FROM });
  const { tab = 'overview' } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: '/p/$program/members/$member' });
  const zone = useZone();
  const isGone = member.status === 'erased' || member.status === 'merged';
  const open = (chosen: MemberTab): void => void navigate({ search: chosen === 'overview' ? {} : { tab: chosen }, state: true, replace: true });
  return (
    <Page title={calledOf(member) ?? t('noName')} about={t('about')} guide="explain" actions={isGone ? undefined : <Actions member={member} />}>
      <Group gap="xs" mt={-12}>
        <StatusBadge status={member.status} />
        <Text size="sm" c="dimmed">
          {member.enrolled_at === null
            ? t('guestSince', { day: day(member.created_at, zone, language) })
            : t('since', { day: day(member.enrolled_at, zone, language) })}
        </Text>
      </Group>
      {member.status === 'merged' && member.merged_into !== null ? (
        <Alert color="yellow" title={t('mergedInto')}>
          <Button size="xs" variant="default" renderRoot={(props) => <Link to="/p/$program/members/$member" params={{ program, member: member.merged_into ?? '' }} search={{}} {...props} />}>
            {t('toSurvivor')}
          </Button>
        </Alert>
      ) : null}
      {member.status === 'erased' ? <Alert color="gray">{t('erasedText')}</Alert> : null}
      {isGone ? null : (
        <Tabs value={tab} onChange={(chosen) => open(chosen as MemberTab)} keepMounted={false}>
          <Tabs.List mb="lg" className="tabs-row" onScroll={faded}>
            {TABS.map((each) => (
              <Tabs.Tab key={each} value={each} style={{ flexShrink: 0 }}>
                {t(`tabs.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Suspense fallback={<Waiting rows={6} />}>
            <Tabs.Panel value="overview">
              <Overview member={member} onOpen={open} />
            </Tabs.Panel>
            <Tabs.Panel value="timeline">
              <Timeline />
            </Tabs.Panel>
            <Tabs.Panel value="rewards">
              <Rewards />
            </Tabs.Panel>
            <Tabs.Panel value="movements">
              <Movements />
            </Tabs.Panel>
            <Tabs.Panel value="profile">
              <Profile member={member} />
            </Tabs.Panel>
          </Suspense>
        </Tabs>
      )}
    </Page>
  );
}
