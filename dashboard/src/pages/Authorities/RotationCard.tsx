import { Code, Text } from "@mantine/core";

import type { AuthorityDetails } from "../../api/authorities";
import { CaLink } from "../../components/CaLink";
import { Card } from "../../components/Card";
import { type Fact, Facts } from "../../components/Facts";
import { Copy } from "../../components/Mono";
import { isPast, useNow } from "../../components/now";
import { Day, Time } from "../../components/Time";
import type { useOutsideIssuer } from "./outsideIssuer";

const STEP_MS = 60_000;
const NO_ONE = "None";

type OutsideIssuer = ReturnType<typeof useOutsideIssuer>;

function caLink(id: string | null): Fact["value"] {
  return id === null ? NO_ONE : <CaLink id={id} />;
}

function dated(at: string | null): Fact["value"] {
  if (at === null) return "–";
  return (
    <>
      <Day at={at} /> · <Time at={at} />
    </>
  );
}

function factsOf({ rotation, state, leaves_until, role }: AuthorityDetails): Fact[] {
  const { due_at, late_at, pending_ca_id, replaces, replaced_by } = rotation;
  const times =
    due_at === null
      ? []
      : [
          { term: "Due from", value: dated(due_at) },
          { term: "Late from", value: dated(late_at) },
        ];
  return [
    ...times,
    ...(state === "active" && role === "issuing" ? [{ term: "Next CA", value: caLink(pending_ca_id) }] : []),
    { term: "Replaces", value: caLink(replaces) },
    { term: "Replaced by", value: caLink(replaced_by) },
    ...(role === "issuing" ? [{ term: "No certificate expires after", value: <Day at={leaves_until} /> }] : []),
  ];
}

function revokedInWords(outsideIssuer: OutsideIssuer): string {
  if (outsideIssuer === undefined) return "It was revoked, and issues nothing.";
  if (outsideIssuer !== null) return `It was revoked here, and issues nothing. ${outsideIssuer} must revoke it too.`;
  return "It was revoked: the root's CRL lists it, and no certificate that it issued is trusted.";
}

/** What the rotation waits for, or that none is needed. */
function inWords({ state, role, rotation, revoked_at }: AuthorityDetails, outsideIssuer: OutsideIssuer, nowMs: number): string {
  if (revoked_at !== null) return revokedInWords(outsideIssuer);
  if (role === "root") return "The root signs the issuing CAs and its own CRL.";
  if (state === "pending") return "It takes over when its certificate and its empty CRL are served.";
  if (state === "retiring") return "It issues nothing, and signs CRLs until its last certificate has expired.";
  if (state === "retired") return "It issues and signs nothing.";
  if (rotation.pending_ca_id !== null) return "The next CA awaits activation.";
  if (rotation.request !== null) return "A CSR awaits the certificate from your own root.";
  const isDue = isPast(rotation.due_at, nowMs);
  return isDue ? "A rotation is due: certificates with the longest lifetime would soon outlive this CA." : "No rotation is due.";
}

export function RotationCard({ authority, outsideIssuer }: { authority: AuthorityDetails; outsideIssuer: OutsideIssuer }) {
  const { request } = authority.rotation;
  return (
    <Card title="Rotation" description={inWords(authority, outsideIssuer, useNow(STEP_MS))}>
      <Facts facts={factsOf(authority)} />
      {request !== null && (
        <>
          <Text size="sm" mt="md">
            CSR for {request.subject} <Copy value={request.csr_pem} what="the CSR" />
          </Text>
          <Code block mt="xs">
            {request.csr_pem}
          </Code>
        </>
      )}
    </Card>
  );
}
