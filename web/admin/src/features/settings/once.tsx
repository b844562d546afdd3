// A secret that is shown this once: what it is for, the words themselves, and a button that copies them.
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useSettingsWords } from './words';

interface OnceProps {
  title: string;
  text: string;
  /** Null when a repeated request was answered: secrets are not kept. */
  secret: string | null;
  /** A line to paste, which contains the secret. */
  example?: string | undefined;
  onClose: () => void;
}

export function Once({ title, text, secret, example, onClose }: OnceProps) {
  const { t } = useSettingsWords();
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>} centered size="lg" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t('done') }}>
      <Stack>
        {secret === null ? <Alert color="yellow">{t('gone')}</Alert> : <Text size="sm">{text}</Text>}
        {secret === null ? null : <Copied words={secret} label={t('copy')} />}
        {example === undefined || secret === null ? null : (
          <>
            <Text size="sm">{t('example')}</Text>
            <Copied words={example} label={t('copyExample')} />
          </>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('done')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Copied({ words, label }: { words: string; label: string }) {
  const { t } = useSettingsWords();
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Code block style={{ flexGrow: 1, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {words}
      </Code>
      <CopyButton value={words}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} style={{ flexShrink: 0 }}>
            {copied ? t('copied') : label}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
