// A password: hidden until she wants to see it, by a button that says so in her language.
import { PasswordInput as Plain, type PasswordInputProps } from '@mantine/core';
import { useUiWords } from './ui.words';

export function PasswordInput(props: PasswordInputProps) {
  const { t } = useUiWords();
  return <Plain visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} {...props} />;
}
