import { CatalogLink } from "../../../components/catalog/CatalogName";
import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import classes from "../Catalog.module.css";
import { CatalogPage } from "../CatalogPage";
import { EnrolAgent } from "../enrol/EnrolAgent";
import type { Description } from "../kind";
import { NAME, TEAM } from "../sharedFields";
import { AgentConsent, ConsentBadge } from "./AgentConsent";
import { AgentTargets, AgentWork } from "./AgentWork";

const AGENTS: Description<"agents"> = {
  kind: "agents",
  title: "Agents",
  one: "agent",
  icon: "agent",
  description: "Programs on hosts that fetch certificates and install them where they are used.",
  empty: "Enroll one on each host that needs certificates. Each agent gets its own key.",
  write: "agents:write",
  hasTeam: true,
  statuses: ["Online", "Degraded", "Offline"].map((status) => ({ value: status, label: status })),
  Start: EnrolAgent,
  below: (row) => row.hostname,
  columns: [
    { id: "status", title: "Status", width: "116px", sortBy: (row) => row.status, cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: "heartbeat",
      title: "Last heartbeat",
      width: "150px",
      hideWhenNarrow: true,
      sortBy: (row) => row.last_heartbeat_at,
      cell: (row) => <Time at={row.last_heartbeat_at} none="Never" />,
    },
    {
      id: "expected",
      title: "Next heartbeat",
      width: "130px",
      hideWhenNarrow: true,
      hideWhenCramped: true,
      sortBy: (row) => row.next_contact_at,
      cell: (row) => <Time at={row.next_contact_at} />,
    },
    {
      id: "version",
      title: "Version",
      width: "110px",
      hideWhenNarrow: true,
      hideWhenCramped: true,
      cell: (row) => row.agent_version || "–",
    },
    { id: "allows", title: "Allows", width: "170px", hideWhenNarrow: true, cell: (row) => <ConsentBadge consent={row.consent} /> },
    {
      id: "team",
      title: "Team",
      width: "14%",
      hideWhenNarrow: true,
      cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} />,
    },
  ],
  facts: (row) => [
    { term: "Status", value: <StatusBadge status={row.status} /> },
    { term: "Last heartbeat", value: <Time at={row.last_heartbeat_at} none="Never" /> },
    { term: "Next heartbeat", value: <Time at={row.next_contact_at} /> },
    { term: "Allows", value: <ConsentBadge consent={row.consent} /> },
    { term: "Host", value: row.hostname },
    { term: "Address", value: row.ip_address || "–" },
    { term: "Operating system", value: [row.os, row.architecture].filter(Boolean).join(", ") || "–" },
    { term: "Agent version", value: row.agent_version || "–" },
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
    { term: "Registered", value: <Time at={row.registered_at} /> },
    { term: "Key", value: row.key_id },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        {
          name: "hostname",
          label: "Host name",
          form: "text",
          placeholder: "web-1.example.com",
          isNeeded: true,
          pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
          says: "Letters, digits, dots, hyphens and underscores.",
        },
        TEAM,
      ],
    },
  ],
  deletion: "The agent is retired: all its keys stop working immediately, and it can no longer do anything on its host.",
  More: ({ row }) => (
    <>
      <AgentConsent consent={row.consent} />
      <AgentWork id={row.id} />
      <AgentTargets id={row.id} />
    </>
  ),
};

export default function Agents() {
  return <CatalogPage of={AGENTS} />;
}
