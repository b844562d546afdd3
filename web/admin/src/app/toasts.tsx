// Where notifications appear. Loaded after the page.
import '@mantine/notifications/styles.css';
import { MantineThemeProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useUiWords } from '@shared/ui.words';

export default function Toasts() {
  const { t } = useUiWords();
  const closable = { Notification: { defaultProps: { closeButtonProps: { 'aria-label': t('close') } } } };
  return (
    <MantineThemeProvider inherit theme={{ components: closable }}>
      <Notifications position="bottom-right" />
    </MantineThemeProvider>
  );
}
