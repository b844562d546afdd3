// What the fields of one form share: the document around them, and what is wrong with which of them.
import { Box, Fieldset, Group, Input, Text } from '@mantine/core';
import { createContext, useContext, type ReactNode } from 'react';
import type { Schemas } from '@api';
import type { Document } from './document';
import { labelOf, useDraftWords } from './words';

export type Fault = Schemas['FaultOut'];

export interface FormAround {
  program: string;
  /** As it would be with what is in the form. */
  document: Document;
  currency: string;
  /** Which event the rule of this form is on. */
  event?: string;
  /** What rules can be on: name to label. */
  events: Record<string, string>;
  /** Faults of what is in the form; paths begin at it. */
  faults: Fault[];
}

const Around = createContext<FormAround | null>(null);
export const FormProvider = Around.Provider;

export function useForm(): FormAround {
  const around = useContext(Around);
  if (around === null) {
    throw new Error('a field stands outside of a form');
  }
  return around;
}

/** Every control of a form: a value that may be missing, and its place in the form as a JSON pointer. */
export interface Control<Value> {
  value: Value | undefined;
  onChange: (value: Value | undefined) => void;
  path: string;
  label?: string;
}

/** What is wrong at a place and below it, in the server's words. */
export function useFaults(path: string, { below = true }: { below?: boolean } = {}): string | undefined {
  const { faults } = useForm();
  const found = faults.filter((each) => each.path === path || (below && each.path.startsWith(`${path}/`)));
  return found.length === 0 ? undefined : found.map((each) => [each.reason, each.suggestion].filter(Boolean).join(' → ')).join('; ');
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** What the field at a path is called, unless something better is known. */
export function useLabel({ path, label }: { path: string; label?: string | undefined }): string {
  const { t } = useDraftWords();
  return label ?? labelOf(t, nameOf(path));
}

interface TogetherProps {
  path: string;
  label?: string | undefined;
  children: ReactNode;
  aside?: ReactNode;
  /** Inside of another one: no frame. */
  plain?: boolean;
}

/** Several controls that make one value. */
export function Together({ path, label, children, aside, plain = true }: TogetherProps) {
  const name = useLabel({ path, label });
  const fault = useFaults(path, { below: false });
  const legend = (
    <Group gap="xs" component="span">
      <Text span size="sm" fw={600}>
        {name}
      </Text>
      {aside}
    </Group>
  );
  return (
    <Fieldset legend={plain ? undefined : legend} variant={plain ? 'unstyled' : 'default'} radius="md" p={plain ? 0 : 'sm'} miw={0} aria-label={name}>
      {plain ? <Box mb={4}>{legend}</Box> : null}
      {children}
      {fault === undefined ? null : <Input.Error mt={4}>{fault}</Input.Error>}
    </Fieldset>
  );
}
