// Colours of the theme as lines and dots take them.

/** Of the brand a lighter shade in the dark: the one that carries white text is too dim there for a line. */
export function shade(color: string): string {
  return color === 'puntal.7' ? 'light-dark(var(--mantine-color-puntal-7), var(--mantine-color-puntal-5))' : `var(--mantine-color-${color.replace('.', '-')})`;
}
