// One screen for a phone or till: who is served, the sale, what is redeemed, and taking it back. It goes on without a connection.
import { Alert, Badge, Button, Card, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { api, type Schemas } from '@api';
import { isSilence } from '@shared/problem';
import { paged } from '@shared/rows';
import { useMe } from '@shared/session';
import { Failure, Page } from '@shared/ui';
import { IconArrowRight, IconCloudOff, IconQrcode, IconSearch } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTillAmounts, WalletsContext } from './amounts';
import { Blind } from './blind';
import { useDeeds } from './deeds';
import { Done } from './done';
import { useKept, type Keeping } from './kept';
import { READS_ITSELF, useReader } from './reader';
import { Recorded, type Notice } from './recorded';
import { TillRewards } from './rewards';
import { Sale } from './sale';
import { AMOUNT } from './sale-fields';
import { canScan, Scanner } from './scanner';
import { NoStore, OtherStore } from './store';
import { TillVouchers } from './vouchers';
import { titleOf, Waiting } from './waiting';
import { useTillWords } from './words';

export type Served = Schemas['TillLookupOut'];
export type Action = Schemas['TillActionOut'];

const NO_WALLETS: Served['wallets'] = [];
const OWN = '/v1/programs/{program}/till/actions';

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
  const { t, language } = useTillWords();
  const queries = useQueryClient();
  const { program } = useParams({ from: '/signed-in/p/$program/till' });
  const { online } = useNetwork();
  const [text, setText] = useState('');
  const [scanning, setScanning] = useState(false);
  const [served, setServed] = useState<Served | null>(null);
  /** What was scanned or typed for somebody who can only be looked up later. */
  const [blind, setBlind] = useState<string | null>(null);
  /** Done since the page was opened; what was done before, the server knows. */
  const [fresh, setFresh] = useState<Action[]>([]);
  const [notice, setNotice] = useState<Notice | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const counter = useRef<HTMLDivElement>(null);
  const last = useRef('');
  const lookup = api.useMutation('post', '/v1/programs/{program}/till/lookup', { onSuccess: setServed });
  const find = (asked: string): void => {
    const said = asked.trim();
    if (said === '') {
      return;
    }
    last.current = said;
    if (document.activeElement === field.current) {
      // What is typed or read next takes its place.
      field.current?.select();
    }
    setNotice(null);
    setServed(null);
    lookup.reset();
    setBlind(online ? null : said);
    if (online) {
      lookup.mutate({ params: { path: { program } }, body: { text: said } });
    }
  };
  useReader((read) => {
    const said = read.trim();
    setText(said);
    // A card that is read twice begins nothing anew: the amount that was typed since stays, and a pass is good once.
    const isServed = lookup.isPending || served?.found === true || blind !== null;
    if (said !== last.current || !isServed) {
      find(said);
    } else {
      // She buys again, perhaps: what is typed next is an amount.
      setNotice(null);
      counter.current?.querySelector<HTMLElement>(`[${AMOUNT}]`)?.focus();
    }
  });
  const next = (): void => {
    setServed(null);
    setBlind(null);
    setText('');
    lookup.reset();
    field.current?.focus();
  };
  const own = api.useInfiniteQuery('get', OWN, { params: { path: { program }, query: { limit: 10 } } }, { ...paged, enabled: online, retry: false });
  const listed = (own.data?.pages ?? []).flatMap((page) => page?.items ?? []);
  const actions = [...fresh.filter((each) => !listed.some((one) => one.id === each.id)), ...listed.map((each) => fresh.find((one) => one.id === each.id) ?? each)];
  const wallets = served?.wallets ?? own.data?.pages[0]?.wallets ?? NO_WALLETS;
  const show = (more: Action[]): void => {
    setFresh((before) => [...more, ...before.filter((each) => !more.some((one) => one.id === each.id))]);
    void queries.invalidateQueries({ queryKey: ['get', OWN] });
  };
  const anew = (): void => {
    if (served?.reading !== 'pass' && served?.member) {
      lookup.mutate({ params: { path: { program } }, body: { text: last.current } });
    }
  };
  const keeping = useKept(program, online, (taken) => {
    show(taken);
    if (taken.length > 0) {
      // It waits no more: it stands among what was done.
      setNotice((now) => (now !== null && 'kept' in now ? null : now));
    }
    anew();
  });
  const keep: Keeping['keep'] = async (words, who, what) => {
    await keeping.keep(words, who, what);
    setNotice({ id: words.id, kept: t('kept', { what: titleOf({ words, what: what ?? null }, t('aSale'), t('redeem'), language) }) });
  };
  /** After something was done: it is shown, and what the member has is asked for anew. A pass is read once, so the id is what is left. */
  const done = (action: Action): void => {
    show([action]);
    setNotice({ action });
    anew();
  };
  const member = served?.member ?? null;
  return (
    <Stack ref={counter} gap="lg" maw={760} mx="auto" w="100%">
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
            onFocus={(event) => event.currentTarget.select()}
            {...READS_ITSELF}
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
      {blind === null ? null : <Blind key={blind} scanned={blind} onKeep={keep} onNext={next} />}
      <WalletsContext value={wallets}>
        <Recorded program={program} notice={notice} online={online} onUndone={done} onClose={() => setNotice(null)} />
        {member === null ? null : <Member member={member} scanned={last.current} onNext={next} />}
        {member !== null && (member.status === 'active' || member.status === 'guest') ? (
          <>
            <Sale key={`sale ${member.member_id}`} program={program} member={member} scanned={last.current} rewards={served?.rewards ?? []} online={online} onDone={done} onKeep={keep} />
            <TillRewards program={program} member={member} scanned={last.current} rewards={served?.rewards ?? []} online={online} onDone={done} onKeep={keep} />
          </>
        ) : null}
        {served !== null && served.vouchers.length > 0 ? <TillVouchers program={program} member={member} vouchers={served.vouchers} online={online} onDone={done} onKeep={keep} /> : null}
        <Waiting keeping={keeping} online={online} />
        {actions.length === 0 ? null : (
          <Done program={program} actions={actions} online={online} onUndone={done} more={own.hasNextPage ? () => void own.fetchNextPage() : undefined} />
        )}
      </WalletsContext>
    </Stack>
  );
}

function Member({ member, scanned, onNext }: { member: Schemas['TillMemberOut']; scanned: string; onNext: () => void }) {
  const { t } = useTillWords();
  const deeds = useDeeds();
  const amounts = useTillAmounts();
  const isServed = member.status === 'active' || member.status === 'guest';
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('hello')}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} fz={26} style={{ overflowWrap: 'anywhere' }}>
            {deeds.called(member, scanned)}
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
