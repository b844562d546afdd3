// Making codes: as many as wanted, in the background, or none yet, to be brought from a file.
import { Button, Group, Modal, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { AmountInput } from '@shared/amount-input';
import { useCross } from '@shared/draft/close';
import { notifications } from '@mantine/notifications';
import { http } from '@api';
import { instantOf } from '@shared/days';
import { whole } from '@shared/format';
import { MomentInput } from '@shared/moment-input';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useRewardChoices } from './parts';
import { BATCHES } from './vouchers';
import { useRewardWords } from './words';

interface Props {
  program: string;
  onClose: () => void;
  onMade: (id: string) => void;
}

export function MakeBatch({ program, onClose, onMade }: Props) {
  const { t, language } = useRewardWords();
  const cross = useCross();
  const queries = useQueryClient();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const choices = useRewardChoices(program);
  const [kind, setKind] = useState<'generated' | 'imported'>('generated');
  const [name, setName] = useState('');
  const [reward, setReward] = useState<string | null>(choices[0]?.value ?? null);
  const [count, setCount] = useState<number | string>(100);
  const [prefix, setPrefix] = useState('');
  const [ends, setEnds] = useState('');
  const [low, setLow] = useState<number | string>('');
  const make = useMutation({
    mutationFn: async () => {
      const answer = await http.POST(BATCHES, {
        params: { path: { program } },
        body: {
          kind,
          name: name.trim(),
          reward: reward ?? '',
          count: kind === 'generated' ? Number(count) : 0,
          prefix: prefix.toUpperCase(),
          length: 12,
          ends_at: ends === '' ? null : instantOf(ends, zone),
          valid_from: null,
          low_at: low === '' ? null : Number(low),
        },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ['get', BATCHES] });
      if ('made' in made) {
        onMade(made.id);
      } else {
        notifications.show({ title: t('waitsFor'), message: t('waitsForText'), color: 'blue' });
        onClose();
      }
    },
  });
  const verb = kind === 'generated' ? t('makeVerb', { count: Number(count) || 0, n: whole(Number(count) || 0, language) }) : t('makeBatch');
  return (
    <Modal opened onClose={onClose} closeButtonProps={cross} title={<Text fw={600}>{t('makeBatch')}</Text>} size="lg" centered>
      <Stack>
        <SegmentedControl
          aria-label={t('kind')}
          value={kind}
          onChange={(next) => setKind(next === 'imported' ? 'imported' : 'generated')}
          data={[
            { value: 'generated', label: t('generated') },
            { value: 'imported', label: t('imported') },
          ]}
        />
        <TextInput label={t('batchName')} value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={120} data-autofocus />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select label={t('reward')} data={choices} value={reward} onChange={setReward} searchable allowDeselect={false} />
          {kind === 'generated' ? <AmountInput label={t('batchCount')} value={count} onChange={setCount} min={1} max={10_000_000} allowDecimal={false} /> : null}
          {kind === 'generated' ? <TextInput label={t('prefix')} value={prefix} onChange={(event) => setPrefix(event.currentTarget.value.toUpperCase())} maxLength={8} /> : null}
          <MomentInput label={t('endsAt')} value={ends} onChange={setEnds} />
          <AmountInput label={t('lowAt')} value={low} onChange={setLow} min={1} max={10_000} allowDecimal={false} />
        </SimpleGrid>
        {make.error ? <Failure failure={make.error} writing /> : null}
        <Group justify="flex-end">
          <Button onClick={() => make.mutate()} loading={make.isPending} disabled={name.trim() === '' || reward === null || (kind === 'generated' && Number(count) < 1)}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
