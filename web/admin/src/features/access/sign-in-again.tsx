// Asking to sign in again over the page that was open.
import { Modal, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { ME, useMe } from '@shared/session';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { OtherWays } from './other-ways';
import { SignInForm } from './sign-in-form';
import { useAccessWords } from './words';

export function SignInAgain({ onBack }: { onBack: () => void }) {
  const { t } = useAccessWords();
  const queries = useQueryClient();
  const me = useMe();
  const was = useRef(me.data?.staff).current;
  const standing = api.useQuery('get', '/v1/setup', {}, { staleTime: Infinity, retry: false });
  const enter = (now: Schemas['MeOut']): void => {
    if (was !== undefined && now.staff.id !== was.id) {
      // Nothing of the person before may stay on the screen.
      window.location.assign('/admin/');
      return;
    }
    onBack();
    void queries.invalidateQueries();
  };
  const entered = useRef(enter);
  useEffect(() => {
    entered.current = enter;
  });
  useEffect(() => {
    // Her company's page is opened beside this one: whoever comes back from it may be signed in.
    const look = (): void => {
      void queries.fetchQuery({ ...ME, staleTime: 0 }).then((now) => entered.current(now), () => undefined);
    };
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [queries]);
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={<Text fw={600}>{t('again')}</Text>}
      centered
    >
      <Stack>
        <Text size="sm">{t('againText')}</Text>
        <SignInForm email={was?.email} onEntered={enter} />
        <OtherWays standing={standing.data} beside onEntered={enter} />
      </Stack>
    </Modal>
  );
}
