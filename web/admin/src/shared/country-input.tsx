// A country, chosen by its name in the user's language; kept by its two letters.
import { Select, type SelectProps } from '@mantine/core';
import { countries } from './countries';
import { useUiWords } from './ui.words';

interface CountryInputProps extends Pick<SelectProps, 'label' | 'error' | 'onBlur' | 'onFocus'> {
  value: string;
  onChange: (country: string) => void;
}

export function CountryInput({ value, onChange, ...rest }: CountryInputProps) {
  const { t, language } = useUiWords();
  const known = countries(language);
  // Whoever is from where no browser knows stays so.
  const data = value === '' || known.some((each) => each.value === value) ? known : [{ value, label: value }, ...known];
  return (
    <Select
      {...rest}
      data={data}
      value={value === '' ? null : value}
      onChange={(chosen) => onChange(chosen ?? '')}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('clear') }}
      nothingFoundMessage={t('noCountry')}
      limit={50}
    />
  );
}
