// Pieces every screen is made of: its head, and its three other states (waiting, empty, failed).
import {
  ActionIcon, Alert, Button, Center, Group, List, Skeleton, Stack, Text, Title, VisuallyHidden,
} from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle, IconHelpCircle } from '@tabler/icons-react';
import { lazy, Suspense, useDeferredValue, useEffect, useRef, useState, type ReactNode, type UIEvent } from 'react';
import { isEndedSession, isSilence, told, useRenewals } from './problem';
import { useUiWords } from './ui.words';

interface PageProps {
  title: string;
  /** One or two sentences: what this screen is and what one does here. */
  about: string;
  /** Name of the guide: the file in docs/guides. */
  guide?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen: its title, help and main actions, and then its content. */
export function Page({ title, about, guide, actions, children }: PageProps) {
  useDocumentTitle(`${title} · Puntal`);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="center" gap="sm">
        <Group gap={4} align="center" wrap="nowrap">
          <Title order={1}>{title}</Title>
          <About text={about} guide={guide} />
        </Group>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

const explained = () => import('./explained');
const Explained = lazy(explained);

interface AboutProps {
  text: string;
  guide?: string | undefined;
  /** What the question mark is called where there are several on a page. */
  label?: string;
  size?: number;
}

/** The question mark beside a title or figure; what it opens is loaded when it is wanted. */
export function About({ text, guide, label, size = 18 }: AboutProps) {
  const { t } = useUiWords();
  const [asked, setAsked] = useState(false);
  const name = label ?? t('about');
  const mark = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={size + 10}
      aria-label={name}
      aria-haspopup="dialog"
      aria-expanded={false}
      onPointerEnter={() => void explained()}
      onFocus={() => void explained()}
      onClick={() => setAsked(true)}
    >
      <IconHelpCircle size={size} stroke={1.6} />
    </ActionIcon>
  );
  return asked ? (
    <Suspense fallback={mark}>
      <Explained label={name} text={text} guide={guide} size={size} />
    </Suspense>
  ) : (
    mark
  );
}

const FADE = 48;

/** Of a row of tabs that scrolls: fades it where it goes on, and only there. */
export function faded({ currentTarget: row }: UIEvent<HTMLElement>): void {
  row.style.setProperty('--before', `${Math.min(FADE, Math.round(row.scrollLeft))}px`);
  row.style.setProperty('--after', `${Math.min(FADE, Math.max(0, Math.round(row.scrollWidth - row.clientWidth - row.scrollLeft)))}px`);
}

/** Grey bars where content will be. */
export function Waiting({ rows = 4, height = 20 }: { rows?: number; height?: number }) {
  const { t } = useUiWords();
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" />
      ))}
    </Stack>
  );
}

/** What stands where nothing is yet: what it would be, and the one thing to do next. */
export function Empty({ icon, title, text, action }: { icon: ReactNode; title: string; text: string; action?: ReactNode }) {
  return (
    <Center py={48}>
      <Stack align="center" gap="xs" maw={420} ta="center">
        <Text c="dimmed" component="span" aria-hidden>
          {icon}
        </Text>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

interface FailureProps {
  failure: unknown;
  /** What "try again" does; without it there is no such button. */
  retry?: (() => void) | undefined;
  /** Whether something was to be written, not read. */
  writing?: boolean;
}

/** Why something could not be shown or done, and what to do about it. */
export function Failure({ failure, retry, writing = false }: FailureProps) {
  const { t } = useUiWords();
  const renewals = useRenewals();
  const [before] = useState(renewals);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (writing) {
      // On a phone it may be far from the button that was pressed.
      place.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [writing]);
  const { title, faults } = told(failure);
  const isEnded = isEndedSession(failure);
  if (isEnded && renewals > before) {
    return null;
  }
  // Without an answer nobody knows: the server may have done it.
  const isOpen = writing && isSilence(failure);
  const sentence = isEnded ? t('ended') : (title ?? t(isOpen ? 'openText' : isSilence(failure) ? 'offline' : 'unknown'));
  return (
    <Alert
      ref={place}
      color={isOpen || isEnded ? 'yellow' : 'red'}
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={isEnded ? t('endedTitle') : isOpen ? t('open') : writing ? t('failedWrite') : t('failed')}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sentence}</Text>
        {faults.length === 0 ? null : (
          <List size="sm">
            {faults.slice(0, 12).map((each) => (
              <List.Item key={`${each.path} ${each.reason}`}>
                {each.reason}
                {each.suggestion ? ` ${each.suggestion}` : ''}
              </List.Item>
            ))}
          </List>
        )}
        {retry === undefined || isEnded ? null : (
          <Button size="xs" variant={isOpen ? 'default' : 'light'} color="red" onClick={retry}>
            {t('retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Shows whichever state a query is in; children are drawn once there is data, in pieces: the page goes on answering. */
export function Loaded<Data>({ query, rows, children }: {
  query: { data: Data | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  const data = useDeferredValue(query.data);
  if (data !== undefined) {
    return children(data);
  }
  if (query.error) {
    return <Failure failure={query.error} retry={() => void query.refetch()} />;
  }
  return <Waiting rows={rows ?? 4} />;
}
