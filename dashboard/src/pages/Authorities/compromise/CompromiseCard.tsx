import { Button, SegmentedControl, Text } from "@mantine/core";
import { useState } from "react";

import type { AuthorityDetails } from "../../../api/authorities";
import { useAddress } from "../../../components/address";
import { Card } from "../../../components/Card";
import { DocsWords } from "../../../components/docs/DocsLink";
import { Icon } from "../../../components/Icon";
import { Impact } from "../../../components/revocation/Impact";
import { isTicket } from "../../../components/revocation/ticket";
import { TicketInput } from "../../../components/revocation/TicketInput";
import classes from "../Authorities.module.css";
import { type Finding, Steps } from "./Steps";
import { useCompromise } from "./useCompromise";
import { campaignInWords, rotationInWords, usesInWords } from "./words";

const FINDINGS = [
  { value: "misused", label: "Its key is in other hands" },
  { value: "suspected", label: "It may have leaked" },
];

/** What to do if the CA is compromised, in order. It is open while the address has `compromised`, for links and the palette. */
export function CompromiseCard({ authority }: { authority: AuthorityDetails }) {
  const { isOpen, open, close } = useAddress().flag("compromised");
  return (
    <Card
      title="If this CA is compromised"
      description="Its key is in other hands, or may be: what it reaches, and what to do in which order."
      actions={
        <Button variant="default" size="xs" aria-expanded={isOpen} onClick={isOpen ? close : open}>
          <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={14} /> {isOpen ? "Hide the steps" : "Show the steps"}
        </Button>
      }
    >
      {authority.role === "root" ? <OfRoot isOpen={isOpen} /> : <OfIssuing authority={authority} isOpen={isOpen} />}
    </Card>
  );
}

function OfIssuing({ authority, isOpen }: { authority: AuthorityDetails; isOpen: boolean }) {
  const [finding, setFinding] = useState<Finding>("misused");
  const [ticket, setTicket] = useState("");
  const compromise = useCompromise(authority);
  const { uses, campaign } = compromise;
  const replaced = campaign === null ? "No campaign replaces them." : campaign && `The campaign is ${campaignInWords(campaign)}.`;
  return (
    <>
      <Impact lines={[uses === undefined ? null : usesInWords(uses), rotationInWords(authority), replaced ?? null]} />
      {isOpen && (
        <div className={classes.compromise}>
          <SegmentedControl
            aria-label="What is known"
            data={FINDINGS}
            value={finding}
            onChange={(value) => setFinding(value === "suspected" ? "suspected" : "misused")}
          />
          <TicketInput value={ticket} onChange={setTicket} />
          <Steps authority={authority} compromise={compromise} finding={finding} ticket={isTicket(ticket) ? ticket : ""} />
          <Text size="xs" c="dimmed">
            Rotation and revocation are commands of an AWS principal, not of the API: someone who takes over a session here must not be able
            to end a CA. {authority.stack === null && "An administrator of the stack fills in STACK and REGION. "}
            The runbook: <DocsWords topic="revokingACa">Revoking a CA (docs/operating-cas.md)</DocsWords>.
          </Text>
        </div>
      )}
    </>
  );
}

/** No CRL lists a root. */
function OfRoot({ isOpen }: { isOpen: boolean }) {
  if (!isOpen) return <Text size="sm">No CRL can revoke a root: trust in it ends where it is stored.</Text>;
  return (
    <ol className={classes.steps} aria-label="Steps">
      <li>Remove this root from every trust store that has it: no CRL can say that it is revoked.</li>
      <li>Set up another stack, or let a root of your own sign its issuing CA, and bring the new root into the trust stores.</li>
      <li>Issue everything again from there, then delete what was issued here.</li>
    </ol>
  );
}
