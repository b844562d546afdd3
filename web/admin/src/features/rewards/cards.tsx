// Gift cards: selling one, what is left on one, and on all of them.
import { Alert, Button, Card, CopyButton, Group, Select, SimpleGrid, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { api } from '@api';
import { AmountInput } from '@shared/amount-input';
import { said } from '@shared/draft/document';
import { useDraft } from '@shared/draft/state';
import { day, decimals, money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Loaded } from '@shared/ui';
import { IconCreditCard } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRewardWords } from './words';

const TOTALS = '/v1/programs/{program}/reports/gift-cards';

export default function Cards({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const may = useMay();
  const draft = useDraft(program);
  const wallets = Object.entries(draft.data?.document.wallets ?? {}).filter(([, wallet]) => wallet.kind === 'money' && wallet.gift_cards);
  if (draft.data !== undefined && wallets.length === 0) {
    return (
      <Empty
        icon={<IconCreditCard size={40} stroke={1.2} />}
        title={t('noCards')}
        text={t('noCardsText')}
        action={<Button renderRoot={(props) => <Link to="/p/$program/program" params={{ program }} search={{ edit: '/wallets/+' }} {...props} />}>{t('toProgram')}</Button>}
      />
    );
  }
  const choices = wallets.map(([id, wallet]) => ({ value: id, label: said(wallet.label, language, id), currency: wallet.currency ?? 'EUR' }));
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      {may('money:load') && choices.length > 0 ? <Sell program={program} wallets={choices} /> : null}
      <LookUp program={program} />
      <Totals program={program} />
    </SimpleGrid>
  );
}

function Sell({ program, wallets }: { program: string; wallets: { value: string; label: string; currency: string }[] }) {
  const { t, language } = useRewardWords();
  const queries = useQueryClient();
  const [wallet, setWallet] = useState(wallets[0]?.value ?? '');
  const [amount, setAmount] = useState<number | string>('');
  const [reference, setReference] = useState('');
  const currency = wallets.find((each) => each.value === wallet)?.currency ?? 'EUR';
  const minor = Math.round(Number(amount || 0) * 10 ** decimals(currency));
  const sell = api.useMutation('post', '/v1/programs/{program}/gift-cards', {
    onSuccess: (made) => {
      // Asked again under the same words once somebody has said yes, it answers the code.
      if (!('approval_id' in made)) {
        setAmount('');
        setReference('');
      }
      void queries.invalidateQueries({ queryKey: ['get', TOTALS] });
    },
  });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2}>{t('sell')}</Title>
        {wallets.length < 2 ? null : <Select label={t('wallet')} data={wallets} value={wallet} onChange={(next) => setWallet(next ?? '')} allowDeselect={false} />}
        <AmountInput label={t('amount')} value={amount} onChange={setAmount} currency={currency} hideControls allowNegative={false} />
        <TextInput label={t('reference')} value={reference} onChange={(event) => setReference(event.currentTarget.value)} required />
        {sell.error ? <Failure failure={sell.error} writing /> : null}
        {sell.data !== undefined && 'approval_id' in sell.data ? (
          <Alert color="yellow" variant="light" role="status">
            {t('sellAsked')}
          </Alert>
        ) : null}
        {sell.data !== undefined && 'code' in sell.data && sell.data.code !== null ? (
          <Alert color="teal" variant="light" title={t('sold')}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm">{t('soldText')}</Text>
              <Group>
                <Text fw={700} size="lg" data-testid="code">
                  {sell.data.code}
                </Text>
                <CopyButton value={sell.data.code}>
                  {({ copied, copy }) => (
                    <Button size="compact-sm" variant="light" onClick={copy}>
                      {copied ? t('copied') : t('copy')}
                    </Button>
                  )}
                </CopyButton>
              </Group>
            </Stack>
          </Alert>
        ) : null}
        <Group justify="flex-end">
          <Button disabled={minor === 0 || reference.trim() === ''} loading={sell.isPending} onClick={() => sell.mutate({ params: { path: { program } }, body: { wallet, amount: minor, reference: reference.trim() } })}>
            {t('sellVerb', { amount: money(minor, currency, language) })}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function LookUp({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [typed, setTyped] = useState('');
  const [code, setCode] = useState('');
  const card = api.useQuery('get', '/v1/programs/{program}/gift-cards/{code}', { params: { path: { program, code } } }, { enabled: code !== '', retry: false });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2}>{t('look')}</Title>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setCode(typed.trim());
          }}
        >
          <Group align="flex-end" wrap="nowrap">
            <TextInput flex={1} label={t('cardCode')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
            <Button type="submit" variant="default" disabled={typed.trim() === ''}>
              {t('look')}
            </Button>
          </Group>
        </form>
        {card.error ? <Failure failure={card.error} /> : null}
        {card.data === undefined || code === '' ? null : (
          <div>
            <Text size="xl" fw={650}>
              {money(card.data.remaining, card.data.currency ?? 'EUR', language)}
            </Text>
            <Text size="sm" c="dimmed">
              {t('of', { amount: money(card.data.amount, card.data.currency ?? 'EUR', language) })} · {t(`v_${card.data.state}`)} · {card.data.ends_at === null ? t('always') : t('until', { when: day(card.data.ends_at, zone, language) })}
            </Text>
          </div>
        )}
      </Stack>
    </Card>
  );
}

function Totals({ program }: { program: string }) {
  const { t, language } = useRewardWords();
  const names = useNames();
  const totals = api.useQuery('get', TOTALS, { params: { path: { program } } });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2}>{t('cardTotals')}</Title>
        <Loaded query={totals}>
          {(rows) => (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('wallet')}</Table.Th>
                  <Table.Th ta="right">{t('cardsCount')}</Table.Th>
                  <Table.Th ta="right">{t('balance')}</Table.Th>
                  <Table.Th ta="right">{t('owed')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={`${row.wallet} ${row.origin} ${row.currency}`}>
                    <Table.Td>
                      {row.wallet === null ? t('batches') : names.wallet(row.wallet)} · {t(row.origin === 'paid_in' ? 'paidIn' : 'granted')}
                    </Table.Td>
                    <Table.Td ta="right">{whole(row.cards, language)}</Table.Td>
                    <Table.Td ta="right">{money(row.left, row.currency, language)}</Table.Td>
                    <Table.Td ta="right">{money(row.cost_minor, row.currency, language)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}
