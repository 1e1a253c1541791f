import { Anchor, Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { catalogKeys, listCatalog } from "../../api/catalog";
import { useChannels } from "../../api/channels";
import { useSummary } from "../../api/stats";
import { useCan } from "../../components/session";
import { Card } from "../../components/Card";
import { Icon } from "../../components/Icon";
import classes from "./Onboarding.module.css";

interface Step {
  title: string;
  says: string;
  to: string;
  docs: string;
  isDone: boolean;
}

/** On a stack without certificates: what to set up, in order. Who cannot set it up does not see it. */
export function Onboarding() {
  const { data: summary } = useSummary();
  const mayWrite = useCan("catalog:write");
  if (!mayWrite || summary?.total_certificates !== 0) return null;
  return <Checklist agents={summary.total_agents ?? 0} />;
}

function Checklist({ agents }: { agents: number }) {
  const { data: channels = [] } = useChannels();
  const wanted = {};
  const { data: teams } = useQuery({
    queryKey: [...catalogKeys.list("teams", wanted), "onboarding"],
    queryFn: ({ signal }) => listCatalog("teams", wanted, { cursor: undefined, signal }, 2),
  });
  const steps: Step[] = [
    { title: "Set up a channel", says: "Where alerts go.", to: "/channels", docs: "docs/channels.md", isDone: channels.length > 0 },
    {
      title: "Create a team",
      says: "Who sees a certificate, and gets its alerts.",
      to: "/teams",
      docs: "docs/catalog.md",
      isDone: (teams?.data.length ?? 0) > 1,
    },
    {
      title: "Issue a certificate",
      says: "With your own CSR, or through an agent.",
      to: "/certificates/new",
      docs: "docs/issuers.md",
      isDone: false,
    },
    {
      title: "Enroll an agent",
      says: "It installs certificates on a host, and renews them.",
      to: "/agents",
      docs: "docs/agent.md",
      isDone: agents > 0,
    },
  ];
  return (
    <Card title="Get started" description="Four steps to certificates that renew themselves.">
      <ol className={classes.steps}>
        {steps.map((step) => (
          <StepLine key={step.to} step={step} />
        ))}
      </ol>
    </Card>
  );
}

function StepLine({ step: { title, says, to, docs, isDone } }: { step: Step }) {
  return (
    <li className={classes.step} data-done={isDone}>
      <span className={classes.mark}>{isDone && <Icon name="check" size={14} />}</span>
      <div>
        <Anchor component={Link} to={to} fw={600} size="sm">
          {title}
        </Anchor>
        {isDone && <span className={classes.done}> Done</span>}
        <Text size="sm" c="dimmed">
          {says} <Code>{docs}</Code>
        </Text>
      </div>
    </li>
  );
}
