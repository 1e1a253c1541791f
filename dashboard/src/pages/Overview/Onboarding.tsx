import { Anchor, Button, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { catalogKeys, listCatalog } from "../../api/catalog";
import { type Channel, useChannels } from "../../api/channels";
import { hasInventory, inventoryKeys } from "../../api/inventory";
import { type Metric, metricTotal, type Summary, useMetrics, useSummary } from "../../api/stats";
import { useCan } from "../../components/session";
import { Card } from "../../components/Card";
import { DocsLink } from "../../components/docs/DocsLink";
import type { Topic } from "../../components/docs/topics";
import { Icon } from "../../components/Icon";
import classes from "./Onboarding.module.css";
import { TestAlert } from "./TestAlert";

interface Step {
  title: string;
  says: string;
  to: string;
  docs: Topic;
  isDone: boolean;
  /** Beside the link, while it is not done. */
  act?: ReactNode;
}

/** What is left to set up, in order, until an alert has reached someone. Who cannot set it up does not see it. */
export function Onboarding() {
  const mayWrite = useCan("catalog:write");
  const { isDismissed, dismiss } = useDismissal();
  if (!mayWrite || isDismissed) return null;
  return <Setup onDismiss={dismiss} />;
}

/** Kept in this browser. */
function useDismissal() {
  const [stored, setStored] = useLocalStorage({ key: "certctl.setup", defaultValue: "", getInitialValueInEffect: false });
  return { isDismissed: stored === "dismissed", dismiss: () => setStored("dismissed") };
}

function Setup({ onDismiss }: { onDismiss: () => void }) {
  const { data: summary } = useSummary();
  const { data: metrics } = useMetrics();
  const { data: channels } = useChannels();
  if (summary === undefined || metrics === undefined || channels === undefined) return null;
  const steps = stepsOf(summary, metrics, channels);
  if (steps.every(({ isDone }) => isDone)) return null;
  return <Checklist steps={steps} onDismiss={onDismiss} />;
}

function stepsOf(summary: Summary, metrics: readonly Metric[], channels: readonly Channel[]): Step[] {
  const channel = channels.find(({ enabled }) => enabled);
  return [
    { title: "Set up a channel", says: "Where alerts go.", to: "/channels", docs: "channels", isDone: channel !== undefined },
    {
      title: "Issue a certificate",
      says: "With your own CSR, or through an agent.",
      to: "/certificates/new",
      docs: "issuers",
      isDone: summary.total_certificates !== 0,
    },
    {
      title: "Enroll an agent",
      says: "It installs certificates on a host, and renews them.",
      to: "/agents",
      docs: "installAgent",
      isDone: summary.total_agents !== 0,
    },
    {
      title: "Send a test alert",
      says: "See that alerts arrive.",
      to: "/channels",
      docs: "deadLetters",
      isDone: sentCount(metrics) > 0,
      act: channel && <TestAlert channelId={channel.id} />,
    },
  ];
}

/** Alerts and tests that went through. */
function sentCount(metrics: readonly Metric[]): number {
  const sends = (outcome: string) => metricTotal(metrics, "certctl_notification_sends_total", { outcome });
  return sends("delivered") + sends("accepted");
}

/** A team is worth having, but nothing waits for it: it is looked for while something else is left to do. */
function useTeamStep(): Step {
  const wanted = {};
  const { data: teams } = useQuery({
    queryKey: [...catalogKeys.list("teams", wanted), "onboarding"],
    queryFn: ({ signal }) => listCatalog("teams", wanted, { cursor: undefined, signal }, 2),
  });
  return {
    title: "Create a team",
    says: "Who sees a certificate, and gets its alerts.",
    to: "/teams",
    docs: "teams",
    isDone: (teams?.data.length ?? 0) > 1,
  };
}

/** Certificates that are there already, of any issuer. Null for roles that cannot add any. */
function useInventoryStep(): Step | null {
  const mayImport = useCan("inventory:write");
  const { data: isDone = false } = useQuery({
    queryKey: [...inventoryKeys.all, "onboarding"],
    queryFn: ({ signal }) => hasInventory(signal),
    enabled: mayImport,
  });
  if (!mayImport) return null;
  const says = "Drop files, paste host names, or run one command.";
  return { title: "See what you have", says, to: "/inventory", docs: "inventory", isDone };
}

function Checklist({ steps: [first, ...others], onDismiss }: { steps: readonly Step[]; onDismiss: () => void }) {
  const [inventory, team] = [useInventoryStep(), useTeamStep()];
  const steps = [...(inventory ? [inventory] : []), ...(first ? [first] : []), team, ...others];
  return (
    <Card
      title="Get started"
      description="Steps to certificates that renew themselves, and to alerts that arrive."
      actions={
        <Button size="xs" variant="default" onClick={onDismiss}>
          Dismiss
        </Button>
      }
    >
      <ol className={classes.steps}>
        {steps.map((step) => (
          <StepLine key={step.title} step={step} />
        ))}
      </ol>
    </Card>
  );
}

function StepLine({ step: { title, says, to, docs, isDone, act } }: { step: Step }) {
  return (
    <li className={classes.step} data-done={isDone}>
      <span className={classes.mark}>{isDone && <Icon name="check" size={14} />}</span>
      <div>
        <Anchor component={Link} to={to} fw={600} size="sm">
          {title}
        </Anchor>
        {isDone && <span className={classes.done}> Done</span>}
        <Text size="sm" c="dimmed">
          {says} <DocsLink topic={docs}>Documentation</DocsLink>
        </Text>
        {!isDone && act}
      </div>
    </li>
  );
}
