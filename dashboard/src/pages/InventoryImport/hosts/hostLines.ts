/** Host names as people paste them: one a line, `host`, `host:port` or the address of a page. */

import type { Problem } from "../useFiles";

export interface HostLine {
  /** As the endpoint has it: lower case, without brackets. */
  host: string;
  port: number;
}

export interface HostLines {
  hosts: HostLine[];
  /** Lines that are not sent, and why. */
  problems: Problem[];
}

/** Each is a request. The public prober has 500 endpoints at most. */
export const MOST_HOSTS = 100;
const [DEFAULT_PORT, MOST_PORT, MOST_HOST] = [443, 65_535, 253];
const MOST_SHOWN = 200;
const LINE = /^(?:https:\/\/)?(?:\[([^\]\s]+)\]|([^\s/:[\]]+))(?::(\d{1,5}))?(?:\/\S*)?$/i;
/** An IPv6 address without brackets has no port. */
const BARE_IPV6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** Empty lines, and what follows a `#`, are nothing. A host that stands there twice is one. */
export function hostsIn(text: string): HostLines {
  const read: HostLines = { hosts: [], problems: [] };
  const seen = new Set<string>();
  for (const line of text.split(/\r?\n/).map((each) => each.replace(/(^|\s)#.*$/, "").trim())) {
    const found = line === "" ? null : hostOf(line);
    if (found === null) continue;
    if (typeof found === "string") read.problems.push({ place: line.slice(0, MOST_SHOWN), reason: found });
    else if (seen.has(keyOf(found))) continue;
    else if (read.hosts.length === MOST_HOSTS) read.problems.push({ place: hostWords(found), reason: `At most ${MOST_HOSTS} at a time.` });
    else read.hosts.push(found);
    if (typeof found !== "string") seen.add(keyOf(found));
  }
  return read;
}

/** The host of a line, or what is wrong with it. */
function hostOf(line: string): HostLine | string {
  if (BARE_IPV6.test(line)) return { host: line.toLowerCase(), port: DEFAULT_PORT };
  const match = LINE.exec(line);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return "Is not a host, or a host and a port.";
  if (host.length > MOST_HOST) return `A host has at most ${MOST_HOST} characters.`;
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (port < 1 || port > MOST_PORT) return `A port is a number from 1 to ${MOST_PORT}.`;
  return { host: host.toLowerCase(), port };
}

export function keyOf({ host, port }: HostLine): string {
  return `${host} ${port}`;
}

/** "shop.example.com:443"; an IPv6 address is in brackets. */
export function hostWords({ host, port }: HostLine): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
