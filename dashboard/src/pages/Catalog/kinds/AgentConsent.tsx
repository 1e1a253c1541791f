import { Text } from "@mantine/core";

import type { Schemas } from "../../../api/client";
import { StatusBadge } from "../../../components/StatusBadge";
import { fieldLabel, type FieldLabels } from "../../../components/words/fieldLabels";
import classes from "../Catalog.module.css";
import { Settings } from "../Settings";

type Consent = Schemas["ConsentView"];

const SORTS = [
  ["directory", "any_directory"],
  ["command", "any_command"],
  ["owner", "any_owner"],
  ["address", "any_verify_address"],
  ["ACM certificate", "any_acm_arn"],
] as const;

function unbounded(consent: Consent): string[] {
  return SORTS.filter(([, any]) => consent[any]).map(([sort]) => sort);
}

/** What the agent's host allows, in a word; marked where it sets no bound. */
export function ConsentBadge({ consent }: { consent: Consent | null }) {
  if (consent === null) return <StatusBadge status="anything" label="Anything" tone="bad" />;
  const open = unbounded(consent);
  if (open.length > 0) return <StatusBadge status="any" label={`Any ${open.join(", ")}`} tone="warn" />;
  if (consent.kinds.length === 0) return <StatusBadge status="nothing" label="Nothing" tone="idle" />;
  return <StatusBadge status="named" label={consent.kinds.join(", ")} tone="ok" />;
}

function explained(consent: Consent | null): string | null {
  if (consent === null)
    return "It has never reported what its host allows: agents of earlier releases do whatever a target says. Upgrade it.";
  if (consent.source === "enrolment")
    return "Its host has no consent file yet: what its enrollment allowed still applies. Run certctl agent consent init there.";
  return null;
}

const listed = (names: readonly string[], any: boolean) => (any ? "any" : names.join(", ") || "none");

/** What the agent's host allows, in full. The agent refuses the rest, whatever a target says. */
export function AgentConsent({ consent }: { consent: Consent | null }) {
  const words = explained(consent);
  return (
    <>
      {words !== null && (
        <section className={classes.drawerSection} aria-label="Consent">
          <Text size="sm" c="orange">
            {words}
          </Text>
        </section>
      )}
      {consent !== null && (
        <Settings
          title="What its host allows"
          config={{
            kinds: listed(consent.kinds, false),
            directories: listed(consent.directories, consent.any_directory),
            commands: listed(
              consent.commands.map((command) => JSON.stringify(command)),
              consent.any_command,
            ),
            owners: listed(consent.owners, consent.any_owner),
            verify_addresses: listed(consent.verify_addresses, consent.any_verify_address),
            acm_arns: listed(consent.acm_arns, consent.any_acm_arn),
          }}
        />
      )}
    </>
  );
}

/** What the host of a target's agent does not allow of it. */
export function Unfit({ unfit, labels }: { unfit: Schemas["TargetView"]["unfit"]; labels: FieldLabels }) {
  if (unfit.length === 0) return null;
  return (
    <section className={classes.drawerSection} aria-label="Not allowed on its host">
      <h3 className={classes.drawerTitle}>Not allowed on its host</h3>
      <ul className={classes.links}>
        {unfit.map(({ field, message }) => (
          <li key={field}>
            <Text size="sm">
              {fieldLabel(field, labels)}: {message}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
