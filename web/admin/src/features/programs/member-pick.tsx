// Choosing a member by anything one knows of her.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api } from '@api';
import { useMay } from '@shared/session';
import { useState } from 'react';
import { useProgramWords } from './words';

export interface Picked {
  id: string;
  name: string;
}

export function MemberPick({ program, value, onChange }: { program: string; value: Picked | null; onChange: (picked: Picked | null) => void }) {
  const { t } = useProgramWords();
  const may = useMay();
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), 250);
  const found = api.useQuery('get', '/v1/programs/{program}/members', { params: { path: { program }, query: asked === '' ? { limit: 8 } : { name: asked, limit: 8 } } }, { enabled: may('members:read') });
  const people = (found.data?.items ?? []).map((each) => ({ value: each.id, label: each.name ?? each.id.slice(-8) }));
  const options = value !== null && !people.some((each) => each.value === value.id) ? [{ value: value.id, label: value.name }, ...people] : people;
  return (
    <Select
      label={t('member')}
      placeholder={t('someone')}
      data={options}
      searchable
      clearable
      filter={({ options: all }) => all}
      value={value?.id ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => onChange(id === null ? null : { id, name: options.find((each) => each.value === id)?.label ?? id })}
    />
  );
}
