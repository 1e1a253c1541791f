/** The certificates of a PEM chain, leaf first. */

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export function certificatesIn(chain: string): string[] {
  return (chain.match(CERTIFICATES) ?? []).map((pem) => `${pem}\n`);
}
