import { type Certificate, certificateKeys, listVersions } from "../../api/certificates";
import { useList } from "../../api/paging";

/** Newest first. */
export function useVersions({ id, serial_number, revoked_at }: Certificate) {
  // The serial is part of the key: a new version is read as soon as the certificate names it.
  return useList([...certificateKeys.versions(id), serial_number, revoked_at], (page) => listVersions(id, page));
}
