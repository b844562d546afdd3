// Language, colours, one's account, and the way out.
import { ActionIcon, Avatar, Menu, Text, useMantineColorScheme } from '@mantine/core';
import { api } from '@api';
import { useChangeMe, useMe } from '@shared/session';
import { chooseLanguage, LANGUAGES, useLanguage, type Language } from '@shared/words';
import { IconCheck, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useFrameWords } from './frames.words';

export default function AccountMenu() {
  const { t } = useFrameWords();
  const me = useMe();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { change } = useChangeMe();
  const leave = api.useMutation('post', '/v1/auth/sign-out', {
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      // Nothing that she saw stays; what the sign-in page is asking just now goes on.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== '/v1/setup' });
      queries.getMutationCache().clear();
    },
  });
  return (
    <Menu width={240} position="bottom-end" withArrow shadow="md">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" radius="xl" aria-label={t('account')}>
          <Avatar size={30} radius="xl" color="puntal" name={me.data?.staff.name ?? undefined} alt="" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserCircle size={16} />} renderRoot={(props) => <Link to="/account" {...props} />}>
          <Text size="sm">{t('account')}</Text>
          <Text size="xs" c="dimmed" truncate>
            {me.data?.staff.email}
          </Text>
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => (
          <Menu.Item key={each} lang={each} {...chosen(each === language)} onClick={() => void chooseLanguage(each).then(() => change({ locale: each }))}>
            {LANGUAGES[each]}
          </Menu.Item>
        ))}
        <Menu.Label>{t('appearance')}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((each) => (
          <Menu.Item
            key={each}
            {...chosen(each === colorScheme)}
            onClick={() => {
              setColorScheme(each);
              change({ theme: each === 'auto' ? 'system' : each });
            }}
          >
            {t(each)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate({})}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function chosen(is: boolean) {
  return { 'aria-current': is, closeMenuOnClick: false, rightSection: is ? <IconCheck size={14} /> : null };
}
