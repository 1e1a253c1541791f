/** The certificates of a PEM chain, leaf first. */

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export function certificatesIn(chain: string): string[] {
  return (chain.match(CERTIFICATES) ?? []).map((pem) => `${pem}\n`);
}

/** The bytes of one PEM block; raises where they are no base64. */
export function bytesIn(pem: string): Uint8Array<ArrayBuffer> {
  const base64 = pem.replaceAll(/-----[A-Z ]+-----|\s/g, "");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
