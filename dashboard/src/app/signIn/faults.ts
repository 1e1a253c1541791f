/** Why a sign-in with a provider led back to the sign-in page. The codes are those of docs/sign-in.md. */

export const SIGN_IN_PATH = "/sign-in";

const ASK = "Ask an administrator: the audit trail has the reason.";

const TEXTS: Record<string, string> = {
  not_offered: "This identity provider is not set up for sign-in.",
  expired: "This sign-in has expired, or was started in another browser. Sign in again.",
  two_cookies:
    "Your browser sent two sign-in cookies, and another site may have set one. Delete the cookies of this site, then sign in again.",
  cancelled: "The sign-in was cancelled, or your identity provider did not allow it.",
  provider_error: `Your identity provider refused the sign-in. ${ASK}`,
  unavailable: "Your identity provider cannot be reached. Try again in a minute.",
  not_verified: `The response of your identity provider could not be verified. ${ASK}`,
  too_old:
    "Your identity provider did not ask you to sign in again, or does not say when you signed in, and a recent sign-in is needed. Sign out of all sessions, then sign in; if that does not help, ask an administrator.",
  required_claim: "Your account does not meet the requirements for this stack, such as a second factor.",
  disabled: "Your user is disabled. Ask an administrator.",
};

const UNKNOWN = `The sign-in failed. ${ASK}`;

/** Text for the code in the address; null if there is none. Only our own texts are shown. */
export function faultIn(search: string): string | null {
  const code = new URLSearchParams(search).get("error");
  if (code === null) return null;
  return Object.hasOwn(TEXTS, code) ? (TEXTS[code] ?? UNKNOWN) : UNKNOWN;
}
