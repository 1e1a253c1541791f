import type { LoginRequest } from "../../api/commandLine";

export interface LoginPrompt {
  request: LoginRequest;
  /** As the link says: anybody can write it. */
  host: string;
  /** The person carries the code: nobody knows to whom. */
  isPasted: boolean;
}

const CHALLENGE = /^[\w-]{43}$/;
const STATE = /^[\w.~-]{1,128}$/;
const LOOPBACK = /^http:\/\/127\.0\.0\.1:[1-9]\d{0,4}\/$/;
const LONGEST_HOST = 64;

/** What `certctl login` asks for in the address of this page; null if it did not write that address. */
export function loginPromptIn(query: URLSearchParams): LoginPrompt | null {
  const challenge = query.get("code_challenge") ?? "";
  const state = query.get("state") ?? "";
  const back = query.get("redirect_uri");
  if (!CHALLENGE.test(challenge) || !STATE.test(state) || (back !== null && !LOOPBACK.test(back))) return null;
  const request = { code_challenge: challenge, state, ...(back !== null && { redirect_uri: back }) };
  return { request, host: (query.get("host") ?? "").slice(0, LONGEST_HOST), isPasted: back === null };
}

/** Where the browser brings the code: a port of this computer, and nowhere else. */
export function isLoopback(address: string): boolean {
  return address.startsWith("http://127.0.0.1:") && new URL(address).hostname === "127.0.0.1";
}
