import { useQuery } from "@tanstack/react-query";

import type { Fact } from "../../components/Facts";
import { KeyLinks } from "./KeyLinks";
import { certificatesIn } from "../../components/pki/chain";
import type { CertificateSummary } from "../../components/pki/readCertificate";

/** What a version itself says, decoded here; nothing until that is done, or if it cannot be. */
export function useContents(chain: string): Fact[] {
  const contents = useDecoded(chain);
  return contents === undefined ? [] : factsOf(contents);
}

/** The leaf of the chain; undefined until it is decoded, or if it cannot be. */
export function useDecoded(chain: string): Contents | undefined {
  const [leaf = ""] = certificatesIn(chain);
  const { data } = useQuery({
    queryKey: ["certificate-contents", leaf],
    queryFn: () => contentsOf(leaf),
    enabled: leaf !== "",
    staleTime: Infinity,
    retry: false,
  });
  return data;
}

type Contents = Omit<CertificateSummary, "keyInfo"> & { keySha256: string | null };

async function contentsOf(leaf: string): Promise<Contents> {
  const { keyInfo, ...summary } = (await import("../../components/pki/readCertificate")).readCertificate(leaf);
  return { ...summary, keySha256: await sha256(keyInfo) };
}

/** In hex; null if the browser offers no cryptography: at an address without TLS. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  // The type says that it is always there.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return null;
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function factsOf({ key, keySha256, signatureAlgorithm, purposes, issuerName, crlUrls, issuerUrls, hasNoRevAvail }: Contents): Fact[] {
  return [
    { term: "Key", value: key },
    ...(keySha256 === null ? [] : [{ term: "SHA-256 of the key (SPKI)", value: <KeyLinks keySha256={keySha256} />, isLong: true }]),
    { term: "Signature", value: signatureAlgorithm },
    { term: "Extended key usage", value: purposes.join(", ") || "None" },
    { term: "Issuer DN", value: issuerName },
    ...(crlUrls.length > 0 ? [{ term: "CRL distribution points", value: <Lines lines={crlUrls} /> }] : []),
    ...(hasNoRevAvail ? [{ term: "Revocation status", value: "Not checked by clients (noRevAvail)" }] : []),
    ...(issuerUrls.length > 0 ? [{ term: "Authority information access", value: <Lines lines={issuerUrls} /> }] : []),
  ];
}

/** Not links: browsers do not show these files. */
function Lines({ lines }: { lines: readonly string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}
