// Short names that addresses, orders and keys carry, made of the names that people give.
/** A name as part of an address: small letters, digits and hyphens. */
export function addressOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[̀-ͯ]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}
