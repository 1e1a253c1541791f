import { Alert } from "@mantine/core";

import type { AuthorityDetails } from "../../api/authorities";
import { Mono } from "../../components/Mono";

/** What is left to do about a revoked CA whose root is not this stack's. */
export function OutsideRoot({ authority, issuer }: { authority: AuthorityDetails; issuer: string }) {
  return (
    <Alert color="yellow" title={`${issuer} must revoke this CA too`}>
      It no longer issues certificates, but its root is not part of this stack, so none of the CRLs here lists it. Clients trust its
      certificates until {issuer} revokes the serial number <Mono copies="the serial number to revoke">{authority.serial_number}</Mono>.
      certctl does not check whether it has.
    </Alert>
  );
}
