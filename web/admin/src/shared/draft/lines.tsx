// Parts of the program as people read them: a name, a sentence, and what can be done with it.
import { ActionIcon, Badge, Box, Button, Card, Group, Menu, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMay } from '@shared/session';
import { About } from '@shared/ui';
import { IconAlertTriangle, IconCopy, IconDots, IconPencil, IconPlayerStop, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { at, counted, newId, placeOf, put, steps, type Document, type Fields } from './document';
import { useSaveDraft, type Draft, type Told } from './state';
import { StopDialog, useSwitches, type Target } from './switches';
import { useDraftWords } from './words';

interface SectionProps {
  title: string;
  about: string;
  /** The verb of the button that adds one. */
  add?: string | undefined;
  onAdd?: (() => void) | undefined;
  children: ReactNode;
}

export function Section({ title, about, add, onAdd, children }: SectionProps) {
  const may = useMay();
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Group gap={2}>
          <Title order={2}>{title}</Title>
          <About text={about} label={title} size={16} />
        </Group>
        {add === undefined || !may('program:write') ? null : (
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={onAdd}>
            {add}
          </Button>
        )}
      </Group>
      {children}
    </Stack>
  );
}

interface LineProps {
  program: string;
  draft: Draft;
  told: Told | undefined;
  place: string;
  name: string;
  /** Where no sentence of the server's tells it. */
  words?: string | undefined;
  badge?: ReactNode;
  /** What of it can be stopped at once. */
  stops?: Target['kind'];
  onEdit: (place: string) => void;
  isSingle?: boolean;
}

/** One part: opened by its name. */
export function Line({ program, draft, told, place, name, words, badge, stops, onEdit, isSingle = false }: LineProps) {
  const { t } = useDraftWords();
  const may = useMay();
  const [stopping, setStopping] = useState(false);
  const here = counted(draft.document, place);
  const faults = (told?.faults ?? []).filter((each) => each.path === here || each.path.startsWith(`${here}/`));
  const sentence = words ?? told?.sentences.find((each) => each.path === here)?.words;
  const id = steps(place).at(-1) ?? '';
  const isOff = useSwitches(program).data?.some((each) => each.target_kind === stops && each.target_id === id) ?? false;
  return (
    <Card withBorder padding="sm" radius="md">
      <Group wrap="nowrap" align="flex-start" gap="xs">
        <Box flex={1} miw={0}>
          <Group gap={6}>
            <UnstyledButton onClick={() => onEdit(place)}>
              <Text fw={600} size="sm">
                {name}
              </Text>
            </UnstyledButton>
            {isOff ? <Badge color="red" variant="light" size="sm">{t('switchedOff')}</Badge> : null}
            {badge}
          </Group>
          {sentence ? (
            <Text size="sm" c="dimmed" mt={2}>
              {sentence}
            </Text>
          ) : null}
          {faults.length === 0 ? null : (
            <Group gap={4} mt={4} wrap="nowrap" align="flex-start" c="var(--mantine-color-orange-light-color)">
              <IconAlertTriangle size={15} style={{ flex: 'none', marginTop: 2 }} aria-hidden />
              <Text size="sm">{[faults[0]?.reason, faults[0]?.suggestion].filter(Boolean).join(' → ')}</Text>
            </Group>
          )}
        </Box>
        {stops !== undefined && !isOff && may('switches:write') ? (
          <Button size="xs" variant="subtle" color="gray" leftSection={<IconPlayerStop size={14} />} onClick={() => setStopping(true)} visibleFrom="xs">
            {t('stop')}
          </Button>
        ) : null}
        <LineMenu program={program} draft={draft} place={place} name={name} isSingle={isSingle} onEdit={onEdit} onStop={stops === undefined || isOff ? undefined : () => setStopping(true)} />
      </Group>
      {stopping && stops !== undefined ? <StopDialog program={program} target={{ kind: stops, id, name }} onClose={() => setStopping(false)} /> : null}
    </Card>
  );
}

interface MenuProps {
  program: string;
  draft: Draft;
  place: string;
  name: string;
  isSingle: boolean;
  onEdit: (place: string) => void;
  onStop: (() => void) | undefined;
}

export function LineMenu({ program, draft, place, name, isSingle, onEdit, onStop }: MenuProps) {
  const { t } = useDraftWords();
  const may = useMay();
  const save = useSaveDraft(program);
  const change = (document: Document, message: string) =>
    save.mutate(
      { base: draft, document },
      {
        onSuccess: (saved) =>
          notifications.show({
            title: message,
            message: (
              <Group justify="space-between" gap="xs">
                <Text size="sm">{t('stays')}</Text>
                <Button size="compact-xs" variant="light" onClick={() => save.mutate({ base: { ...draft, document, version: saved.version }, document: draft.document })}>
                  {t('undo')}
                </Button>
              </Group>
            ),
          }),
        onError: () => notifications.show({ title: t('clash'), message: t('clashAgain'), color: 'orange' }),
      },
    );
  const path = steps(place);
  const parent = placeOf(...path.slice(0, -1));
  const duplicate = () => {
    const held = at(draft.document, parent);
    const taken = Array.isArray(held) ? held.map((each) => String((each as Fields)['id'])) : Object.keys((held ?? {}) as Fields);
    const id = newId(path.at(-1) ?? '', taken);
    const part = at(draft.document, place) as Fields;
    change(put(draft.document, parent + placeOf(id), 'id' in part ? { ...part, id } : part), t('copied'));
  };
  if (!may('program:write') && onStop === undefined) {
    return null;
  }
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {may('program:write') ? (
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onEdit(place)}>
            {t('edit')}
          </Menu.Item>
        ) : null}
        {isSingle || !may('program:write') ? null : (
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={duplicate}>
            {t('duplicate')}
          </Menu.Item>
        )}
        {onStop === undefined ? null : (
          <Menu.Item leftSection={<IconPlayerStop size={15} />} color="red" onClick={onStop}>
            {t('stop')}
          </Menu.Item>
        )}
        {isSingle || !may('program:write') ? null : (
          <Menu.Item leftSection={<IconTrash size={15} />} color="red" onClick={() => change(put(draft.document, place, undefined), t('removed'))}>
            {t('removeFromDraft')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
