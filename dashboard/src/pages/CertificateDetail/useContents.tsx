import { useQuery } from "@tanstack/react-query";

import type { Fact } from "../../components/Facts";
import { certificatesIn } from "../../components/pki/chain";
import type { CertificateSummary } from "../../components/pki/readCertificate";

/** What a version itself says, decoded here; nothing until that is done, or if it cannot be. */
export function useContents(chain: string): Fact[] {
  const [leaf = ""] = certificatesIn(chain);
  const { data } = useQuery({
    queryKey: ["certificate-contents", leaf],
    queryFn: async () => (await import("../../components/pki/readCertificate")).readCertificate(leaf),
    enabled: leaf !== "",
    staleTime: Infinity,
    retry: false,
  });
  return data === undefined ? [] : factsOf(data);
}

function factsOf({ key, signatureAlgorithm, purposes, issuerName, crlUrls, issuerUrls, hasNoRevAvail }: CertificateSummary): Fact[] {
  return [
    { term: "Key", value: key },
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
