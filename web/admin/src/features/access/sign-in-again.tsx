// Asking to sign in again over the page that was open.
import { Modal, Stack, Text } from '@mantine/core';
import { useMe } from '@shared/session';
import { useQueryClient } from '@tanstack/react-query';
import { SignInForm } from './sign-in-form';
import { useAccessWords } from './words';

export function SignInAgain({ onBack }: { onBack: () => void }) {
  const { t } = useAccessWords();
  const queries = useQueryClient();
  const me = useMe();
  const was = me.data?.staff;
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
        <SignInForm
          email={was?.email}
          onEntered={(now) => {
            if (was !== undefined && now.staff.id !== was.id) {
              // Nothing of the person before may stay on the screen.
              window.location.assign('/admin/');
              return;
            }
            onBack();
            void queries.invalidateQueries();
          }}
        />
      </Stack>
    </Modal>
  );
}
