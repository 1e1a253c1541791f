/** What the forms of endpoints hold, and the bodies that are sent. */

import { type Endpoint, type Expectation, type Expected, type NewEndpoint, PUBLIC_PROBER, type Starttls } from "../../api/endpoints";

export interface ExpectationDraft {
  first: string;
  second: string;
  /** "": by the certificates. */
  expected: Expected | "";
  issuer: string;
}

export interface EndpointDraft extends ExpectationDraft {
  host: string;
  port: string;
  serverName: string;
  starttls: Starttls | "";
  agentId: string;
  teamId: string;
  ownerId: string;
}

export const NOTHING_EXPECTED: ExpectationDraft = { first: "", second: "", expected: "", issuer: "" };

export const NEW_ENDPOINT: EndpointDraft = {
  ...NOTHING_EXPECTED,
  host: "",
  port: "443",
  serverName: "",
  starttls: "",
  agentId: "",
  teamId: "",
  ownerId: "",
};

export function expectationOf({ certificate_ids: [first = "", second = ""], expected, expected_issuer }: Endpoint): ExpectationDraft {
  return { first, second, expected, issuer: expected_issuer };
}

export function bodyOfExpectation({ first, second, expected, issuer }: ExpectationDraft): Expectation {
  const certificate_ids = [...new Set([first, second])].filter((id) => id !== "");
  return { certificate_ids, expected: expected === "" ? null : expected, expected_issuer: expected === "issuer" ? issuer.trim() : "" };
}

export function bodyOfEndpoint(draft: EndpointDraft): NewEndpoint {
  const { host, port, serverName, starttls, agentId, teamId, ownerId } = draft;
  return {
    ...bodyOfExpectation(draft),
    host: host.trim(),
    port: Number(port),
    server_name: serverName.trim(),
    starttls: starttls === "" ? null : starttls,
    prober: agentId === "" ? PUBLIC_PROBER : agentId,
    team_id: teamId === "" ? null : teamId,
    owner_id: ownerId === "" ? null : ownerId,
  };
}

/** What is wrong with it before it is sent. */
export function problemsOf({ host, port }: EndpointDraft): { host?: string; port?: string } {
  const number = Number(port);
  return {
    ...(host.trim() === "" && { host: "Enter a host name or an address." }),
    ...(!(Number.isInteger(number) && number >= 1 && number <= 65_535) && { port: "A port is a number from 1 to 65535." }),
  };
}
