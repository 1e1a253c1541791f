/** Certificate policies of a profile, as "OID" or "OID=URL of the CPS", like on the command line. */

import type { Schemas } from "../../../api/client";
import type { Codec } from "../codec";

type Policy = Schemas["CertificatePolicyView"];

export function policyInWords({ oid, cps_uri }: Policy): string {
  return cps_uri === null ? oid : `${oid}=${cps_uri}`;
}

export const POLICIES: Codec = {
  read: (json) => ((json ?? []) as Policy[]).map(policyInWords),
  write: (texts) =>
    texts.map((text) => {
      const [oid = "", ...rest] = text.split("=");
      return { oid: oid.trim(), cps_uri: rest.join("=").trim() || null };
    }),
};
