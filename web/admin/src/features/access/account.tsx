import { Badge, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { PasswordInput } from '@shared/password-input';
import { useChangeMe, useMe } from '@shared/session';
import { Failure, Loaded, Page, Waiting } from '@shared/ui';
import { chooseLanguage, LANGUAGES, useLanguage, type Language } from '@shared/words';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Passkeys } from './passkeys';
import { SecondFactor } from './second-factor';
import { Section } from './section';
import { useAccountWords } from './words';

/** One's own account. */
export function AccountPage() {
  const { t } = useAccountWords();
  const me = useMe();
  return (
    <Page title={t('title')} about={t('about')} guide="staff-and-sign-in">
      {me.data === undefined ? (
        <Waiting />
      ) : (
        <Stack gap="xl">
          <Profile me={me.data} />
          <Password />
          <SecondFactor factor={me.data.second_factor} />
          <Passkeys withCode={me.data.second_factor.since !== null} />
          <Sessions />
        </Stack>
      )}
    </Page>
  );
}

function Profile({ me }: { me: Schemas['MeOut'] }) {
  const { t } = useAccountWords();
  const language = useLanguage();
  const form = useForm({ initialValues: { name: me.staff.name, locale: language } });
  const changing = useChangeMe();
  const save = (mine: { name: string; locale: Language }) =>
    changing.change(mine, () => {
      void chooseLanguage(mine.locale);
      notifications.show({ message: t('saved') });
      form.resetDirty();
    });
  return (
    <Section title={t('profile')} text={t('profileText')}>
      <form onSubmit={form.onSubmit(save)}>
        <Stack>
          <TextInput label={t('name')} autoComplete="name" required withAsterisk={false} maxLength={200} {...form.getInputProps('name')} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput label={t('email')} value={me.staff.email} readOnly variant="filled" />
            <Select
              label={t('language')}
              allowDeselect={false}
              data={(Object.keys(LANGUAGES) as Language[]).map((each) => ({ value: each, label: LANGUAGES[each] }))}
              {...form.getInputProps('locale')}
            />
          </SimpleGrid>
          {changing.error ? <Failure failure={changing.error} writing /> : null}
          <Group>
            <Button type="submit" disabled={!form.isDirty()} loading={changing.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useAccountWords();
  const queries = useQueryClient();
  const form = useForm({ initialValues: { password: '', new_password: '' } });
  const change = api.useMutation('post', '/v1/auth/password', {
    onSuccess: () => {
      form.reset();
      notifications.show({ message: t('changed') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/auth/sessions'] });
    },
  });
  return (
    <Section title={t('password')} text={t('passwordText')}>
      <form onSubmit={form.onSubmit((body) => change.mutate({ body }))}>
        <Stack>
          <PasswordInput label={t('present')} autoComplete="current-password" required withAsterisk={false} {...form.getInputProps('password')} />
          <PasswordInput
            label={t('new')}
            description={t('least')}
            autoComplete="new-password"
            minLength={12}
            required
            withAsterisk={false}
            {...form.getInputProps('new_password')}
          />
          {change.error ? <Failure failure={change.error} writing /> : null}
          <Group>
            <Button type="submit" variant="default" loading={change.isPending}>
              {t('change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Sessions() {
  const { t, language } = useAccountWords();
  const queries = useQueryClient();
  const sessions = api.useQuery('get', '/v1/auth/sessions');
  const again = (): void => void queries.invalidateQueries({ queryKey: ['get', '/v1/auth/sessions'] });
  const end = api.useMutation('post', '/v1/auth/sessions/{session_id}/revoke', { onSettled: again });
  const endAll = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const session_id of ids) {
        await end.mutateAsync({ params: { path: { session_id } } });
      }
    },
    onSuccess: (_, ids) => notifications.show({ message: t('endedOthers', { count: ids.length }) }),
    // What failed is told where one of them fails.
    onError: () => undefined,
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Section title={t('sessions')} text={t('sessionsText')}>
      <Loaded query={sessions} rows={2}>
        {(items) => (
          <Stack gap="sm">
            {end.error ? <Failure failure={end.error} writing /> : null}
            {items.map((each) => (
              <Group key={each.id} justify="space-between" wrap="nowrap">
                <div>
                  <Group gap="xs">
                    <Text size="sm" fw={500}>
                      {browserOf(each.agent, t)}
                    </Text>
                    {each.current ? <Badge variant="light">{t('current')}</Badge> : null}
                  </Group>
                  <Text size="xs" c="dimmed">
                    {[each.address, t('seen', { when: moment(each.seen_at, zone, language) })].filter(Boolean).join(' · ')}
                  </Text>
                </div>
                {each.current ? null : (
                  <Button
                    size="xs"
                    variant="default"
                    style={{ flexShrink: 0 }}
                    disabled={endAll.isPending}
                    loading={end.isPending && end.variables.params.path.session_id === each.id}
                    onClick={() => end.mutate({ params: { path: { session_id: each.id } } }, { onSuccess: () => notifications.show({ message: t('ended') }) })}
                  >
                    {t('end')}
                  </Button>
                )}
              </Group>
            ))}
            {items.filter((each) => !each.current).length < 2 ? null : (
              <Group>
                <Button variant="default" loading={endAll.isPending} onClick={() => endAll.mutate(items.filter((each) => !each.current).map((each) => each.id))}>
                  {t('endOthers')}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

const BROWSERS: readonly [RegExp, string][] = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']];
const SYSTEMS: readonly [RegExp, string][] = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']];

function browserOf(agent: string | null, t: ReturnType<typeof useAccountWords>['t']): string {
  const browser = BROWSERS.find(([sign]) => sign.test(agent ?? ''))?.[1];
  const system = SYSTEMS.find(([sign]) => sign.test(agent ?? ''))?.[1];
  if (browser === undefined) {
    return t('unknownBrowser');
  }
  return system === undefined ? browser : t('browserOn', { browser, system });
}
