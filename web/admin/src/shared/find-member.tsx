// Finding one member by anything, while typing: for putting her on a list, merging, giving her something.
import { Combobox, Group, Loader, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api, http, type Schemas } from '@api';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFindWords } from './find-member.words';

export type Found = Schemas['FoundOut'];
export type Search = Omit<Schemas['FindIn'], 'cursor' | 'limit'>;

/** Members by anything one may hold of them, page by page. What is typed is never in an address. */
export function useMemberSearch(program: string, search: Search, limit = 50) {
  return useInfiniteQuery({
    queryKey: ['post', '/v1/programs/{program}/members/search', program, search, limit],
    initialPageParam: null as string | null,
    getNextPageParam: (page: Schemas['Page_FoundOut_']) => page.next ?? null,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const answer = await http.POST('/v1/programs/{program}/members/search', {
        params: { path: { program } },
        body: { ...search, limit, cursor: pageParam },
        signal,
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
  });
}

interface FindProps {
  program: string;
  label: string;
  onChoose: (found: Found) => void;
  /** Who is not to be chosen. */
  without?: string;
  maw?: number;
}

export function FindMember({ program, label, onChoose, without, maw }: FindProps) {
  const { t } = useFindWords();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 250);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const search = api.useQuery(
    'post',
    '/v1/programs/{program}/members/search',
    { params: { path: { program } }, body: { text: settled || 'x', limit: 8 } },
    { enabled: settled.length > 1, placeholderData: keepPreviousData },
  );
  const found = settled.length > 1 ? (search.data?.items ?? []).filter((each) => each.id !== without) : [];
  const choose = (id: string): void => {
    const chosen = found.find((each) => each.id === id);
    if (chosen !== undefined) {
      onChoose(chosen);
      setText('');
      combobox.closeDropdown();
    }
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose}>
      <Combobox.Target>
        <TextInput
          label={label}
          value={text}
          maxLength={200}
          maw={maw}
          autoComplete="off"
          leftSection={search.isFetching ? <Loader size={14} /> : <IconSearch size={16} />}
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={settled.length < 2 || search.data === undefined}>
        <Combobox.Options aria-label={label}>
          {found.length === 0 ? (
            <Combobox.Empty>{t('nobody')}</Combobox.Empty>
          ) : (
            found.map((each) => (
              <Combobox.Option key={each.id} value={each.id}>
                <Group justify="space-between" wrap="nowrap">
                  <Text size="sm">{each.called ?? t('noName')}</Text>
                  <Text size="xs" c="dimmed">
                    {t(`status.${each.status}`)}
                  </Text>
                </Group>
              </Combobox.Option>
            ))
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
