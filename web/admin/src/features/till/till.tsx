// One screen for a phone or till: who is served, the sale, what is redeemed, and taking it back. It goes on without a connection.
import { Alert, Badge, Button, Card, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { api, type Schemas } from '@api';
import { isSilence } from '@shared/problem';
import { useMe } from '@shared/session';
import { Failure, Page } from '@shared/ui';
import { IconArrowRight, IconCloudOff, IconQrcode, IconSearch } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTillAmounts, WalletsContext } from './amounts';
import { Blind } from './blind';
import { Done } from './done';
import { useKept } from './kept';
import { TillRewards } from './rewards';
import { Sale } from './sale';
import { canScan, Scanner } from './scanner';
import { NoStore, OtherStore } from './store';
import { TillVouchers } from './vouchers';
import { Waiting } from './waiting';
import { useTillWords } from './words';

export type Served = Schemas['TillLookupOut'];
export type Action = Schemas['TillActionOut'];

const NO_WALLETS: Served['wallets'] = [];

export function TillPage() {
  const { t } = useTillWords();
  const me = useMe();
  const store = me.data?.store;
  return (
    <Page title={store ? `${t('title')} ${t('at', { store: store.name })}` : t('title')} about={t('about')} guide="till" actions={store ? <OtherStore /> : undefined}>
      {me.data !== undefined && !store ? <NoStore /> : <Counter />}
    </Page>
  );
}

function Counter() {
  const { t } = useTillWords();
  const { program } = useParams({ from: '/signed-in/p/$program/till' });
  const { online } = useNetwork();
  const [text, setText] = useState('');
  const [scanning, setScanning] = useState(false);
  const [served, setServed] = useState<Served | null>(null);
  /** What was scanned or typed for somebody who can only be looked up later. */
  const [blind, setBlind] = useState<string | null>(null);
  const [actions, setActions] = useState<Action[]>([]);
  const field = useRef<HTMLInputElement>(null);
  const last = useRef('');
  const lookup = api.useMutation('post', '/v1/programs/{program}/till/lookup', { onSuccess: setServed });
  const find = (asked: string): void => {
    const said = asked.trim();
    if (said === '') {
      return;
    }
    last.current = said;
    setServed(null);
    lookup.reset();
    setBlind(online ? null : said);
    if (online) {
      lookup.mutate({ params: { path: { program } }, body: { text: said } });
    }
  };
  const next = (): void => {
    setServed(null);
    setBlind(null);
    setText('');
    lookup.reset();
    field.current?.focus();
  };
  const show = (more: Action[]): void => setActions((before) => [...more, ...before.filter((each) => !more.some((one) => one.id === each.id))].slice(0, 8));
  const anew = (): void => {
    if (served?.reading !== 'pass' && served?.member) {
      lookup.mutate({ params: { path: { program } }, body: { text: last.current } });
    }
  };
  const keeping = useKept(program, online, (taken) => {
    show(taken);
    anew();
  });
  /** After something was done: it is shown, and what the member has is asked for anew. A pass is read once, so the id is what is left. */
  const done = (action: Action): void => {
    show([action]);
    anew();
  };
  const member = served?.member ?? null;
  return (
    <Stack gap="lg" maw={760} mx="auto" w="100%">
      {online ? null : (
        <Alert color="yellow" icon={<IconCloudOff size={18} />} title={t('offline')} role="status">
          {t('offlineText')}
        </Alert>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          find(text);
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            ref={field}
            size="xl"
            flex={1}
            miw={220}
            label={t('who')}
            placeholder={t('whoHint')}
            value={text}
            maxLength={300}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
            autoFocus
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="xl"
            leftSection={online ? <IconSearch size={22} /> : <IconArrowRight size={22} />}
            loading={lookup.isPending && online && served === null}
            disabled={text.trim() === ''}
          >
            {t(online ? 'find' : 'goOn')}
          </Button>
          {canScan() ? (
            <Button size="xl" variant="default" leftSection={<IconQrcode size={22} />} onClick={() => setScanning(true)}>
              {t('scan')}
            </Button>
          ) : null}
        </Group>
      </form>
      {scanning ? (
        <Scanner
          onRead={(read) => {
            setScanning(false);
            setText('');
            find(read);
          }}
          onClose={() => setScanning(false)}
        />
      ) : null}
      {lookup.error && blind === null ? <Failure failure={lookup.error} retry={() => find(last.current)} /> : null}
      {lookup.error && isSilence(lookup.error) && blind === null ? (
        <Button size="lg" variant="light" onClick={() => setBlind(last.current)}>
          {t('goOnBlind')}
        </Button>
      ) : null}
      {served !== null && !served.found ? (
        <Alert color="yellow" role="status">
          {served.message ?? t('unknown')}
        </Alert>
      ) : null}
      {blind === null ? null : <Blind key={blind} scanned={blind} onKeep={keeping.keep} onNext={next} />}
      <WalletsContext value={served?.wallets ?? NO_WALLETS}>
        {member === null ? null : <Member member={member} onNext={next} />}
        {member !== null && (member.status === 'active' || member.status === 'guest') ? (
          <>
            <Sale key={`sale ${member.member_id}`} program={program} member={member} rewards={served?.rewards ?? []} online={online} onDone={done} onKeep={keeping.keep} />
            <TillRewards program={program} member={member} rewards={served?.rewards ?? []} online={online} onDone={done} onKeep={keeping.keep} />
          </>
        ) : null}
        {served !== null && served.vouchers.length > 0 ? <TillVouchers program={program} member={member} vouchers={served.vouchers} online={online} onDone={done} onKeep={keeping.keep} /> : null}
      </WalletsContext>
      <Waiting keeping={keeping} online={online} />
      {actions.length === 0 ? null : <Done program={program} actions={actions} online={online} onChange={done} />}
    </Stack>
  );
}

function Member({ member, onNext }: { member: Schemas['TillMemberOut']; onNext: () => void }) {
  const { t } = useTillWords();
  const amounts = useTillAmounts();
  const isServed = member.status === 'active' || member.status === 'guest';
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('hello')}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} fz={26}>
            {member.first_name ?? t('hello')}
          </Title>
          <Group gap="xs" mt={4}>
            {member.tiers.map((each) => (
              <Badge key={each.ladder} size="lg" tt="none" variant="light">
                {each.name}
              </Badge>
            ))}
            {member.status === 'active' ? null : (
              <Badge size="lg" tt="none" color="yellow" variant="light" autoContrast>
                {t(`status.${member.status as 'paused'}`)}
              </Badge>
            )}
          </Group>
        </div>
        <Button size="lg" variant="default" onClick={onNext}>
          {t('next')}
        </Button>
      </Group>
      {isServed ? (
        <SimpleGrid cols={{ base: 2, sm: 3 }} mt="md">
          {Object.entries(member.balances).map(([wallet, units]) => (
            <div key={wallet}>
              <Text fz={32} fw={700} lh={1.2}>
                {amounts.bare(wallet, units)}
              </Text>
              <Text size="sm" c="dimmed">
                {amounts.name(wallet)}
              </Text>
            </div>
          ))}
        </SimpleGrid>
      ) : null}
    </Card>
  );
}
