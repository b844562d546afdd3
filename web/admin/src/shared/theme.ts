import { createTheme, darken, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// One brand colour whose sixth shade carries white text and whose eighth is readable on white (WCAG AA).
const puntal: MantineColorsTuple = [
  '#e3fafc', '#c5f0f5', '#99e3ec', '#63d3e0', '#36bfcf', '#1aa3b5', '#0b8599', '#0b7285', '#095c6b', '#064752',
];

export const theme = createTheme({
  primaryColor: 'puntal',
  primaryShade: 7,
  colors: { puntal },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } } },
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  // Beside a title the library draws the message too faint for WCAG AA.
  components: {
    Notification: { styles: { description: { color: 'var(--mantine-color-text)' } } },
    // In the dark the library draws cards on a ground of their own; those of one page are to look like those of another.
    Card: { styles: { root: { backgroundColor: 'var(--mantine-color-body)' } } },
  },
});

/** What the library draws too faint for WCAG AA: dimmed text, placeholders, and words on a light ground of their colour. */
export const variables: CSSVariablesResolver = (base) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': base.colors.gray[7],
    '--mantine-color-placeholder': base.colors.gray[7],
    '--mantine-color-error': base.colors.red[9],
    ...Object.fromEntries(
      Object.entries(base.colors).map(([name, shades]) => [`--mantine-color-${name}-light-color`, darken(shades[9], 0.35)]),
    ),
  },
  dark: { '--mantine-color-dimmed': base.colors.dark[1], '--mantine-color-placeholder': base.colors.dark[1], '--mantine-color-error': base.colors.red[4] },
});
