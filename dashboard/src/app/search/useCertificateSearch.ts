import { useQuery } from "@tanstack/react-query";

import { type Certificate, certificateKeys, searchCertificates } from "../../api/certificates";
import { messageOf } from "../../api/errors";
import { labelOf, toneOf } from "../../components/StatusBadge";
import { useCan } from "../../components/session";
import type { Item, ItemGroup } from "./items";
import { matched } from "./matched";

/** One character finds labels of one character only: not worth a request. */
const LEAST_TYPED = 2;
const MOST_CERTIFICATES = 8;

interface CertificateSearch {
  group: ItemGroup;
  isSearching: boolean;
  notes: string[];
}

/** `text` is what was typed, once typing has paused. */
export function useCertificateSearch(text: string): CertificateSearch {
  const isAllowed = useCan("certificates:read");
  const isWanted = isAllowed && text.length >= LEAST_TYPED;
  const { data, error, isFetching } = useQuery({
    queryKey: certificateKeys.search(text),
    queryFn: ({ signal }) => searchCertificates(text, MOST_CERTIFICATES, signal),
    enabled: isWanted,
  });
  const rows = isWanted ? (data?.data ?? []) : [];
  const hasMore = isWanted && data !== undefined && data.next_cursor !== null;
  const items = [...rows.map((row) => itemOf(row, text)), ...(rows.length > 0 || hasMore ? [allItem(text)] : [])];
  const notes = [
    ...(isWanted && error ? [`Could not search certificates: ${messageOf(error)}`] : []),
    ...(isWanted && data?.incomplete ? [INDEXING] : []),
  ];
  return { group: { title: "Certificates", items }, isSearching: isWanted && isFetching && data === undefined, notes };
}

const INDEXING = "Older certificates are still being indexed: some may not be found yet.";

function itemOf(certificate: Certificate, text: string): Item {
  const { id, name, status } = certificate;
  return {
    id: `/certificates/${id}`,
    kind: "Certificate",
    title: name,
    icon: "certificate",
    detail: matched(certificate, text),
    status: { word: labelOf(status), tone: toneOf(status) },
    goal: `/certificates/${encodeURIComponent(id)}`,
  };
}

function allItem(text: string): Item {
  const goal = `/certificates?search=${encodeURIComponent(text)}`;
  return { id: "all-certificates", kind: "Page", title: "Show all in the list of certificates", icon: "search", goal };
}
