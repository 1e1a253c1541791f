/** What was opened last in this browser tab. It ends with the session: names of one key's records are not the next one's. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "react-router";

import { certificateKeys, getCertificate } from "../../api/certificates";
import type { IconName } from "../../components/Icon";

export interface Recent {
  kind: string;
  title: string;
  icon: IconName;
  address: string;
}

const NAME = "certctl.recent";
const MOST = 6;
const CERTIFICATE_PAGE = /^\/certificates\/((?!new$|bulk-)[^/]+)$/;

export function recentItems(): readonly Recent[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isRecent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isRecent(value: unknown): value is Recent {
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return fields.length === 4 && fields.every(([, text]) => typeof text === "string");
}

export function rememberItem(item: Recent): void {
  const others = recentItems().filter(({ address }) => address !== item.address);
  sessionStorage.setItem(NAME, JSON.stringify([item, ...others].slice(0, MOST)));
}

export function forgetItems(): void {
  sessionStorage.removeItem(NAME);
}

/** Remembers each certificate whose page is opened, once its name is known. */
export function useRememberCertificates(): void {
  const id = CERTIFICATE_PAGE.exec(useLocation().pathname)?.[1];
  const { data } = useQuery({
    queryKey: certificateKeys.one(id ?? ""),
    queryFn: ({ signal }) => getCertificate(id ?? "", signal),
    enabled: false,
  });
  const name = data?.name;
  useEffect(() => {
    if (id !== undefined && name !== undefined)
      rememberItem({ kind: "Certificate", title: name, icon: "certificate", address: `/certificates/${id}` });
  }, [id, name]);
}
