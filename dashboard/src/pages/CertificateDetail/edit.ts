/** What the edit form holds, and what is sent of it. */

import type { Certificate, CertificateEdit } from "../../api/certificates";
import { CERTIFICATE_FIELDS, type FieldValues, onWire, problemsWith, valuesOf } from "../../components/certificateFields";

export const EDITABLE = CERTIFICATE_FIELDS.filter(({ edit }) => edit !== null);

export function draftOf(certificate: Certificate): FieldValues {
  return valuesOf(EDITABLE, certificate);
}

export function problemsOf(draft: FieldValues): Partial<Record<string, string>> {
  return problemsWith(EDITABLE, "edit", draft);
}

/** Only what was changed: what is left out stays. */
export function changesOf(before: Certificate, draft: FieldValues): CertificateEdit {
  const wanted = EDITABLE.map((field) => [field.name, onWire(field, draft[field.name] ?? "")] as const);
  return Object.fromEntries(wanted.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Certificate])));
}
