// One voucher: what it is worth, whose it is, what was done with it; passing it on and ending it.
import { Badge, Button, Drawer, Group, Image, Stack, Switch, Table, Text, TextInput } from '@mantine/core';
import { useCross } from '@shared/draft/close';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment, money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { told } from '@shared/problem';
import { useMay, useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconDownload, IconTicketOff } from '@tabler/icons-react';
import { useState } from 'react';
import { CODE_COLORS } from './codes';
import { MemberName } from './parts';
import { useRewardWords } from './words';

type Voucher = Schemas['VoucherPageOut'];
const ONE = '/v1/programs/{program}/vouchers/{code}';

export function VoucherDrawer({ program, code, onClose }: { program: string; code: string; onClose: () => void }) {
  const { t } = useRewardWords();
  const cross = useCross();
  const voucher = api.useQuery('get', ONE, { params: { path: { program, code } } }, { retry: false });
  const isUnknown = told(voucher.error).code?.endsWith('unknown') ?? false;
  return (
    <Drawer opened onClose={onClose} closeButtonProps={cross} position="right" size="lg" title={<Text fw={650}>{voucher.data?.printed ?? voucher.data?.code ?? code}</Text>}>
      {isUnknown ? <Empty icon={<IconTicketOff size={40} stroke={1.2} />} title={t('find')} text={t('notFound')} /> : <Loaded query={voucher}>{(read) => <Shown program={program} code={code} voucher={read} refresh={() => void voucher.refetch()} />}</Loaded>}
    </Drawer>
  );
}

function Shown({ program, code, voucher, refresh }: { program: string; code: string; voucher: Voucher; refresh: () => void }) {
  const { t, language } = useRewardWords();
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [asking, setAsking] = useState<'void' | 'transfer' | null>(null);
  const amount = (value: number) => (voucher.currency === null ? whole(value, language) : money(value, voucher.currency, language));
  const open = voucher.state === 'issued' || voucher.state === 'held';
  const rows: [string, React.ReactNode][] = [
    [t('reward'), names.reward(voucher.reward)],
    [t('remaining'), `${amount(voucher.remaining)} ${t('of', { amount: amount(voucher.amount) })}`],
    [t('owner'), voucher.member_id === null ? t('whoever') : <MemberName program={program} id={voucher.member_id} />],
    [t('valid'), voucher.ends_at === null ? t('always') : t('until', { when: moment(voucher.ends_at, zone, language) })],
  ];
  return (
    <Stack>
      <Group>
        <Badge variant="light" color={CODE_COLORS[voucher.state]} tt="none">
          {t(`v_${voucher.state}`)}
        </Badge>
      </Group>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {rows.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Td c="dimmed" w={140}>
                {label}
              </Table.Td>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {voucher.code === null ? null : (
        <Group align="flex-end">
          <Image src={`/v1/programs/${program}/vouchers/${encodeURIComponent(voucher.code)}/qr.svg`} alt={t('qr')} w={168} h={168} bg="white" radius="sm" />
          <Button component="a" size="xs" variant="default" leftSection={<IconDownload size={15} />} href={`/v1/programs/${program}/vouchers/${encodeURIComponent(voucher.code)}/qr.png`} download={`${voucher.code}.png`}>
            {t('qrDownload')}
          </Button>
        </Group>
      )}
      <Text fw={600} size="sm">
        {t('uses')}
      </Text>
      {voucher.uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noUses')}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={380}>
          <Table>
            <Table.Tbody>
              {voucher.uses.map((use) => (
                <Table.Tr key={use.reference}>
                  <Table.Td>{moment(use.at, zone, language)}</Table.Td>
                  <Table.Td>{use.order ?? use.reference}</Table.Td>
                  <Table.Td ta="right">
                    {amount(use.amount)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {open && may('vouchers:write') ? (
        <Group>
          {voucher.member_id === null ? null : (
            <Button variant="default" onClick={() => setAsking('transfer')}>
              {t('transfer')}
            </Button>
          )}
          <Button variant="subtle" color="red" onClick={() => setAsking('void')}>
            {t('voidVoucher')}
          </Button>
        </Group>
      ) : null}
      {asking === 'void' ? <End program={program} code={code} onClose={() => setAsking(null)} onDone={refresh} /> : null}
      {asking === 'transfer' && voucher.member_id !== null ? <PassOn program={program} code={code} from={voucher.member_id} onClose={() => setAsking(null)} onDone={refresh} /> : null}
    </Stack>
  );
}

interface AskProps {
  program: string;
  code: string;
  onClose: () => void;
  onDone: () => void;
}

function End({ program, code, onClose, onDone }: AskProps) {
  const { t } = useRewardWords();
  const [reason, setReason] = useState('');
  const end = api.useMutation('post', '/v1/programs/{program}/vouchers/{code}/void', {
    onSuccess: () => {
      notifications.show({ message: t('voided') });
      onDone();
      onClose();
    },
  });
  return (
    <Confirm opened title={t('voidTitle')} verb={t('voidVoucher')} danger busy={end.isPending} disabled={reason.trim() === ''} failure={end.error} onConfirm={() => end.mutate({ params: { path: { program, code } }, body: { reason } })} onClose={onClose}>
      <Text size="sm">{t('voidText')}</Text>
      <TextInput label={t('reason')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} required />
    </Confirm>
  );
}

function PassOn({ program, code, from, onClose, onDone }: AskProps & { from: string }) {
  const { t } = useRewardWords();
  const [to, setTo] = useState('');
  const [override, setOverride] = useState(false);
  const found = api.useMutation('post', '/v1/programs/{program}/members/lookup');
  const pass = api.useMutation('post', '/v1/programs/{program}/vouchers/{code}/transfer', {
    onSuccess: () => {
      notifications.show({ message: t('transferred'), color: 'teal' });
      onDone();
      onClose();
    },
  });
  const send = () =>
    found.mutate(
      { params: { path: { program } }, body: to.includes('@') ? { email: to } : { card: to } },
      { onSuccess: (member) => pass.mutate({ params: { path: { program, code } }, body: { member_id: from, to: member.id, override } }) },
    );
  return (
    <Confirm opened title={t('transfer')} verb={t('transfer')} busy={found.isPending || pass.isPending} disabled={to.trim() === ''} failure={found.error ?? pass.error} onConfirm={send} onClose={onClose}>
      <Text size="sm">{t('transferText', { name: `…${from.slice(-6)}` })}</Text>
      <TextInput label={t('transferTo')} value={to} onChange={(event) => setTo(event.currentTarget.value.trim())} required />
      <Switch label={t('override')} checked={override} onChange={(event) => setOverride(event.currentTarget.checked)} />
    </Confirm>
  );
}
