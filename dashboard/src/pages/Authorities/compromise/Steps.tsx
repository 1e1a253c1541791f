import { Anchor, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { AuthorityDetails } from "../../../api/authorities";
import { CaLink } from "../../../components/CaLink";
import { Command } from "../../../components/Command";
import { StartCampaign } from "../../../components/StartCampaign";
import { StatusBadge } from "../../../components/StatusBadge";
import classes from "../Authorities.module.css";
import { keyCommand, revokeCommand, rootCrlCommand, rotateCommand } from "./commands";
import type { Compromise } from "./useCompromise";
import { campaignInWords, publicationInWords } from "./words";

/** `misused`: its key is in other hands. `suspected`: it may have leaked, and is not misused. */
export type Finding = "misused" | "suspected";

interface StepsProps {
  authority: AuthorityDetails;
  compromise: Compromise;
  finding: Finding;
  ticket: string;
}

/** Someone with the key must not have the time to sign that a campaign takes. */
const ORDER = {
  misused: [Rotate, Revoke, Replace, Tell],
  suspected: [Rotate, Replace, Revoke, Tell],
} as const;

export function Steps(props: StepsProps) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {ORDER[props.finding].map((Step) => (
        <Step key={Step.name} {...props} />
      ))}
    </ol>
  );
}

interface StepProps {
  title: string;
  isDone: boolean;
  children: ReactNode;
}

function Step({ title, isDone, children }: StepProps) {
  return (
    <li>
      <div className={classes.step}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        {isDone && <StatusBadge status="Done" label="Done" tone="ok" />}
      </div>
      {children}
    </li>
  );
}

function Rotate({ authority }: StepsProps) {
  const { state, rotation } = authority;
  const isDone = state !== "active" && rotation.replaced_by !== null;
  return (
    <Step title="Have another CA issue" isDone={isDone}>
      {isDone ? (
        <Text size="sm">
          <CaLink id={rotation.replaced_by ?? ""} /> has taken over.
        </Text>
      ) : (
        <>
          <Text size="sm">Create a key, and put the ARN that is printed into the second command. Repeat that until it says active.</Text>
          <Command text={keyCommand(authority)} what="the command that creates a key" />
          <Command text={rotateCommand(authority)} what="the command that rotates" />
        </>
      )}
    </Step>
  );
}

function Revoke({ authority, compromise, ticket, finding }: StepsProps) {
  const { state, revoked_at } = authority;
  return (
    <Step title="Revoke this CA" isDone={revoked_at !== null}>
      {revoked_at === null ? (
        <>
          <Text size="sm">
            {state === "active" && finding === "misused"
              ? "With force it is revoked at once: nothing is issued until step 1 has created another CA. Leave force out if that is done."
              : "It is refused while this CA issues."}{" "}
            No program that checks the root’s CRL then accepts what it signed, and its OCSP responder calls all of it revoked. This cannot
            be undone.
          </Text>
          <Command text={revokeCommand(authority, ticket, state === "active" && finding === "misused")} what="the command that revokes" />
        </>
      ) : (
        <Published authority={authority} compromise={compromise} />
      )}
    </Step>
  );
}

/** The root's CRL, and who has seen it. */
function Published({ authority, compromise: { revocation } }: Pick<StepsProps, "authority" | "compromise">) {
  if (revocation === undefined) return <Text size="sm">The root’s CRL lists it, unless its root is outside this stack.</Text>;
  return (
    <>
      <Text size="sm">{publicationInWords(revocation)}</Text>
      {revocation.state === "due" && <Command text={rootCrlCommand(authority)} what="the command that publishes the root’s CRL" />}
    </>
  );
}

function Replace({ authority, compromise: { campaign }, finding }: StepsProps) {
  const reason = finding === "misused" ? "caCompromise" : "superseded";
  return (
    <Step title="Replace what it issued" isDone={campaign?.state === "completed"}>
      {campaign === null || campaign === undefined ? (
        <>
          <Text size="sm">A campaign gives each certificate a new version by the new CA, deploys it, and revokes the old one.</Text>
          <Command text={`certctl campaigns create --reason ${reason} --ca ${authority.ca_id}`} what="the command that starts a campaign" />
          <div className={classes.act}>
            <StartCampaign choice={`ca=${authority.ca_id}&reason=${reason}`} />
          </div>
        </>
      ) : (
        <Text size="sm">
          <Anchor component={Link} to={`/campaigns/${campaign.id}`} inherit>
            The campaign
          </Anchor>{" "}
          {campaignInWords(campaign)}.
        </Text>
      )}
    </Step>
  );
}

function Tell({ authority: { subject } }: StepsProps) {
  return (
    <Step title="Tell relying parties" isDone={false}>
      <Text size="sm">
        Anyone who pins {subject}, or checks no root CRL, does not learn of it: have it removed where it is pinned. A kept CRL of the root
        is valid for up to 60 days.
      </Text>
      <Command text="certctl crl verify --all-cas" what="the command that checks the CRLs" />
    </Step>
  );
}
