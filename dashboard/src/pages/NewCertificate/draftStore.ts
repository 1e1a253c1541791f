/** The form survives Back, a reload and a look at another page: in this tab, until it is sent or its user signs out. */

import { subscribeToSessionEnd } from "../../api/sessionEnd";
import { checkPem } from "../../components/pki/checkPem";
import { type Draft, EMPTY } from "./draft";

const PLACE = "certctl.new-certificate";

export function storedDraft(): Draft {
  try {
    const stored = JSON.parse(sessionStorage.getItem(PLACE) ?? "{}") as Partial<Draft>;
    return { ...EMPTY, ...stored, details: { ...EMPTY.details, ...stored.details } };
  } catch {
    return EMPTY;
  }
}

/** Of the pasted text only a whole request is stored, which is public: half a private key would not be recognised as one. */
export function storeDraft(draft: Draft): void {
  const csr = checkPem(draft.csr).kind === "ok" ? draft.csr : "";
  if (isEmpty({ ...draft, csr })) sessionStorage.removeItem(PLACE);
  else sessionStorage.setItem(PLACE, JSON.stringify({ ...draft, csr }));
}

export function forgetDraft(): void {
  sessionStorage.removeItem(PLACE);
}

export function isEmpty(draft: Draft): boolean {
  return JSON.stringify(draft) === JSON.stringify(EMPTY);
}

subscribeToSessionEnd(forgetDraft);
