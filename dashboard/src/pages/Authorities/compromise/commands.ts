/** Commands about a CA for a terminal, with the names of its stack (docs/operating-cas.md, "Revoking a CA"). */

import type { AuthorityDetails } from "../../../api/authorities";
import { commonNameOf } from "../crl";

type Named = Pick<AuthorityDetails, "ca_id" | "issuer_id" | "key_spec" | "serial_number" | "state" | "stack" | "subject">;

const DEFAULT_ISSUER = "iss-local";
const KEY = "ARN-OF-THE-NEW-KEY";

/** Makes the key of the next CA, of the type of the present one: relying parties verify that. */
export function keyCommand(ca: Named): string {
  const { name, region } = namesOf(ca);
  if (ca.stack?.is_local === true)
    return `aws kms create-key --key-spec ${ca.key_spec} --key-usage SIGN_VERIFY --tags TagKey=certctl:issuing-ca,TagValue=${name}`;
  return `make ca-key STACK=${name} REGION=${region} NAME=${name}-ca-${String(nextNumber(ca.subject))} SPEC=${ca.key_spec}`;
}

export function rotateCommand(ca: Named): string {
  return adminCommand(ca, "rotate", { key_arn: KEY, ...(ca.issuer_id !== DEFAULT_ISSUER && { issuer_id: ca.issuer_id }) });
}

/** `isForced`: while it still issues, without a CA that takes over. */
export function revokeCommand(ca: Named, ticket: string, isForced: boolean): string {
  return adminCommand(ca, "revoke_ca", {
    ca_id: ca.ca_id,
    reason: "caCompromise",
    confirm: ca.serial_number,
    ...(isForced && { force: true }),
    ...(ticket !== "" && { ticket }),
  });
}

/** Publishes the root's CRL if it is due. */
export function rootCrlCommand(ca: Named): string {
  return adminCommand(ca, "upkeep", {});
}

function adminCommand(ca: Named, action: string, fields: Record<string, string | boolean>): string {
  const { name, region } = namesOf(ca);
  if (ca.stack?.is_local === true) return `make invoke FUNCTION=stack_admin EVENT=${quoted({ action, ...fields })}`;
  return `make admin ACTION=${action} STACK=${name} REGION=${region} EVENT=${quoted(fields)}`;
}

/** For a shell: a single quote within would end it. */
function quoted(fields: Record<string, string | boolean>): string {
  return `'${JSON.stringify(fields).replaceAll("'", String.raw`\u0027`)}'`;
}

function namesOf({ stack }: Named): { name: string; region: string } {
  return stack ?? { name: "STACK", region: "REGION" };
}

/** "Example Issuing CA 3": 4. */
function nextNumber(subject: string): number {
  const [, number = "1"] = /(\d+)$/.exec(commonNameOf(subject)) ?? [];
  return Number(number) + 1;
}
