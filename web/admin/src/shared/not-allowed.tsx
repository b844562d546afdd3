// What stands where the signed-in person may not look. The server would refuse every question of that screen.
import { IconLock } from '@tabler/icons-react';
import { Empty, Page } from './ui';
import { useUiWords } from './ui.words';

export function NotAllowed() {
  const { t } = useUiWords();
  return (
    <Page title={t('notAllowed')} about={t('notAllowedText')} guide="staff-and-sign-in">
      <Empty icon={<IconLock size={40} stroke={1.2} />} title={t('notAllowed')} text={t('notAllowedText')} />
    </Page>
  );
}
