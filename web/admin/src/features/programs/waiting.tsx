// Publishing that takes two people: what somebody asked for already, so that nobody asks twice.
import { Alert, Anchor } from '@mantine/core';
import { api } from '@api';
import { moment } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { IconHourglass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useProgramWords } from './words';

const PUBLISHING = 'program.publish';

/** Whether publishing takes a second person here. */
export function useTakesTwo(): boolean {
  const found = api.useQuery('get', '/v1/organization/four-eyes', {}, { retry: false });
  return found.data?.publish === true;
}

export function WaitsForTwo({ program }: { program: string }) {
  const { t, language } = useProgramWords();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const waiting = api.useQuery(
    'get',
    '/v1/programs/{program}/approvals',
    { params: { path: { program }, query: { state: 'waiting', limit: 50 } } },
    { enabled: may('approvals:read'), retry: false },
  );
  const asked = waiting.data?.items.find((each) => each.action === PUBLISHING);
  if (asked === undefined) {
    return null;
  }
  return (
    <Alert color="yellow" variant="light" icon={<IconHourglass size={18} />} title={t('askedAlready', { name: asked.asked_by_name ?? '…' })} role="status">
      {t('askedAlreadyText', { when: moment(asked.asked_at, zone, language) })}{' '}
      <Anchor size="sm" c="inherit" underline="always" renderRoot={(props) => <Link to="/p/$program/settings/approvals" params={{ program }} search={{ state: 'waiting' }} {...props} />}>
        {t('toApprovals')}
      </Anchor>
    </Alert>
  );
}
