import { useUiWords } from '@shared/ui.words';

/** What the cross of dialogs and drawers is called. */
export function useCross(): { 'aria-label': string } {
  const { t } = useUiWords();
  return { 'aria-label': t('close') };
}
