// Asking before something that costs money or cannot be taken back: always with what will happen, in numbers.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isSilence } from './problem';
import { Failure } from './ui';
import { useUiWords } from './ui.words';

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What will happen, with the numbers concerned. */
  children: ReactNode;
  /** The verb of the button: "Pause 2 rules", never "OK". */
  verb: string;
  danger?: boolean;
  busy?: boolean;
  /** Not possible yet: a reason or amount is missing. */
  disabled?: boolean;
  failure?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** A question with one way forward and one way back. Stays open, with the reason, when the server refuses. */
export function Confirm(props: ConfirmProps) {
  const { t } = useUiWords();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={<Text fw={600}>{props.title}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        {props.children}
        {props.failure ? <Failure failure={props.failure} writing retry={isSilence(props.failure) ? props.onConfirm : undefined} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {t('cancel')}
          </Button>
          <Button
            {...(props.danger ? { color: 'red.9' } : {})}
            loading={props.busy ?? false}
            disabled={props.disabled ?? false}
            onClick={props.onConfirm}
            data-autofocus
          >
            {props.verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
