// Which pictures are shown: those that were uploaded here. Of other places nothing is asked, whatever an address says.
const OWN = /^\/v1\/images\/[a-z0-9-]+\/[0-9a-f]{64}\.(?:png|jpeg|webp)$/;

/** The address of a picture of ours; undefined for every other text. */
export function pictureOf(address: unknown): string | undefined {
  return typeof address === 'string' && OWN.test(address) ? address : undefined;
}
