// Stopping something at once, for everybody, and letting it go on again. Two clicks: "Stop now", and the reason.
import { Alert, Button, Group, List, Stack, Switch, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment, money, whole } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { Waiting } from '@shared/ui';
import { IconPlayerStop } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { namesOf } from './names';
import { useDraft } from './state';
import { useDraftWords } from './words';

export type Target = { kind: 'program' | 'wallet' | 'campaign' | 'rule' | 'reward'; id: string; name: string };
type SwitchedOff = Schemas['SwitchOut'];

const KEY = '/v1/programs/{program}/kill-switches';

/** What is switched off now. */
export function useSwitches(program: string) {
  return api.useQuery('get', KEY, { params: { path: { program } } }, { staleTime: 10_000 });
}

/** The switch of one thing, if it is off. */
export function useSwitchOf(program: string, kind: Target['kind'], id: string): SwitchedOff | undefined {
  return useSwitches(program).data?.find((each) => each.target_kind === kind && each.target_id === id);
}

/** Asks, in numbers, whether to stop something. */
export function StopDialog({ program, target, onClose }: { program: string; target: Target; onClose: () => void }) {
  const { t } = useDraftWords();
  const queries = useQueryClient();
  // Stopping is for emergencies: nobody has to type before it, and whoever reads the log finds where it was done.
  const [reason, setReason] = useState<string>(t('stopReasonUsual'));
  const [voids, setVoids] = useState(false);
  const stop = api.useMutation('post', KEY, {
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['get', KEY] });
      notifications.show({ title: t('stopped'), message: target.name, color: 'red' });
      onClose();
    },
  });
  const send = () =>
    stop.mutate({ params: { path: { program } }, body: { target_kind: target.kind, target_id: target.id, mode: voids ? 'stop_and_void' : 'stop_new', reason: reason.trim() || t('stopReasonUsual') } });
  return (
    <Confirm opened title={t('stopTitle', { name: target.name })} verb={t('stop')} danger busy={stop.isPending} failure={stop.error} onConfirm={send} onClose={onClose}>
      <Text size="sm">{target.kind === 'program' ? t('stopProgram') : t('stopText')}</Text>
      <Lately program={program} target={target} />
      <TextInput label={t('stopReason')} description={t('stopReasonHint')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} onFocus={(event) => event.currentTarget.select()} maxLength={500} data-autofocus />
      {target.kind === 'reward' || target.kind === 'campaign' ? <Switch label={t('stopVoid')} checked={voids} onChange={(event) => setVoids(event.currentTarget.checked)} /> : null}
    </Confirm>
  );
}

/** What it gave in the last thirty days and what of it is open. */
function Lately({ program, target }: { program: string; target: Target }) {
  const { t, language } = useDraftWords();
  const card = useProgram(program);
  const read = api.useQuery('get', '/v1/programs/{program}/reports/lately', { params: { path: { program }, query: { kind: target.kind, id: target.id } } });
  if (read.data === undefined) {
    return read.error ? null : <Waiting rows={2} />;
  }
  const { awards, units, redemptions, discount_minor: discount, members, held, unused } = read.data;
  const lines = [
    awards > 0 ? t('n_awards', { count: awards, n: whole(awards, language) }) + (units === null ? '' : `: ${t('n_units', { count: units, n: whole(units, language) })}`) : null,
    redemptions > 0 ? t('n_redemptions', { count: redemptions, n: whole(redemptions, language) }) + (discount > 0 ? `: ${t('n_discount', { amount: money(discount, card?.currency ?? 'EUR', language) })}` : '') : null,
    members > 0 ? t('n_members', { count: members, n: whole(members, language) }) : null,
  ].filter((each) => each !== null);
  const open = [held > 0 ? t('n_open', { count: held, n: whole(held, language) }) : null, unused > 0 ? t('n_unused', { count: unused, n: whole(unused, language) }) : null].filter((each) => each !== null);
  return (
    <Stack gap={4}>
      {lines.length === 0 ? (
        <Text size="sm">{t('n_nothing')}</Text>
      ) : (
        <>
          <Text size="sm" fw={500}>
            {t('last30')}
          </Text>
          <List size="sm">
            {lines.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </>
      )}
      {open.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Stack>
  );
}

/** Everything that is switched off, with the way back. */
export function SwitchedOffBanner({ program }: { program: string }) {
  const { t, language } = useDraftWords();
  const card = useProgram(program);
  const may = useMay();
  const queries = useQueryClient();
  const switches = useSwitches(program);
  const draft = useDraft(program);
  const lift = api.useMutation('delete', '/v1/programs/{program}/kill-switches/{switch_id}', {
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['get', KEY] });
      notifications.show({ message: t('lifted'), color: 'teal' });
    },
  });
  if (switches.data === undefined || switches.data.length === 0) {
    return null;
  }
  const names = draft.data === undefined ? null : namesOf(draft.data.document, language);
  const nameOf = (each: SwitchedOff) => {
    const lists = { rule: names?.rules, reward: names?.rewards, wallet: names?.wallets, campaign: names?.campaigns } as Record<string, { value: string; label: string }[] | undefined>;
    return lists[each.target_kind]?.find((one) => one.value === each.target_id)?.label ?? each.target_id;
  };
  return (
    <Alert color="red" variant="light" icon={<IconPlayerStop size={18} />} title={t('switchedOff')}>
      <Stack gap="xs">
        {switches.data.map((each) => (
          <Group key={each.id} justify="space-between" gap="xs">
            <Text size="sm" miw={0} flex={1} style={{ minWidth: 200 }}>
              <Text span fw={600}>
                {each.target_kind === 'program' ? t('offProgram') : `${t(`off_${each.target_kind}`)} “${nameOf(each)}”`}
              </Text>{' '}
              {t('sinceBy', { when: moment(each.set_at, card?.timezone ?? 'UTC', language), name: each.set_by_name ?? each.set_by, reason: each.reason })}
            </Text>
            {may('switches:write') ? (
              <Button size="xs" variant="default" loading={lift.isPending} onClick={() => lift.mutate({ params: { path: { program, switch_id: each.id } } })}>
                {t('lift')}
              </Button>
            ) : null}
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}
