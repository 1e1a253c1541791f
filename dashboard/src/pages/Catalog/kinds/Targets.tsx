import type { Row } from "../../../api/catalog";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { StatusBadge } from "../../../components/StatusBadge";
import classes from "../Catalog.module.css";
import { CatalogPage } from "../CatalogPage";
import type { Field, FieldValue, Section } from "../fields";
import type { Description } from "../kind";
import { Settings } from "../Settings";
import { command, ENABLED, NAME, TEAM } from "../sharedFields";
import { Unfit } from "./AgentConsent";
import { TargetCertificates } from "./TargetCertificates";

const TYPES = ["NGINX", "Apache", "HAProxy", "Files", "ACM"].map((value) => ({ value, label: value }));
const ABSOLUTE = { pattern: /^\//, says: "An absolute path." } as const;

const CERTIFICATE_PATH: Field = { name: "config.certificate_path", label: "Certificate", form: "text", isNeeded: true, placeholder: "/etc/ssl/shop.pem", hint: "File of leaf and chain. A real path: no symbolic link on the way.", ...ABSOLUTE };
const KEY_PATH: Field = { name: "config.key_path", label: "Private key", form: "text", isNeeded: true, placeholder: "/etc/ssl/shop.key", hint: "File on the host, which the key never leaves.", ...ABSOLUTE };
const CHAIN_PATH: Field = { name: "config.chain_path", label: "Chain", form: "text", hint: "File of the chain alone, where something wants it.", ...ABSOLUTE };
const test = (...usual: string[]) => command("config.test_command", "Test command", "Must succeed before the reload. Without arguments nothing is tested.", usual);
const reload = (...usual: string[]) => command("config.reload_command", "Reload command", "Has the server take the files up, within 30 seconds.", usual);
const PROOF: readonly Field[] = [
  { name: "config.verify_address", label: "Verify at", form: "text", isNeeded: true, placeholder: "127.0.0.1:443", hint: "A TLS handshake there must show the new certificate.", pattern: /^.+:\d+$/, says: "Like host:443." },
  { name: "config.verify_server_name", label: "Server name", form: "text", hint: "That the handshake asks for (SNI). Without one the common name." },
  { name: "config.verify_timeout_seconds", label: "Verify for", form: "number", min: 1, max: 120, unit: "s", placeholder: "15 s", hint: "So long the server may take." },
];
const OF_FILES: readonly Field[] = [
  { name: "config.owner", label: "User", form: "text", hint: "Of the files. Without one as they are, or the agent's own." },
  { name: "config.group", label: "Group", form: "text", hint: "A new key's file can then be read by it (0640, else 0600)." },
];
const PLAIN = [CERTIFICATE_PATH, KEY_PATH, CHAIN_PATH];

const SETTINGS: Record<string, readonly Field[]> = {
  NGINX: [...PLAIN, test("nginx", "-t", "-q"), reload("systemctl", "reload", "nginx"), ...PROOF, ...OF_FILES],
  Apache: [...PLAIN, test("apachectl", "-t"), reload("systemctl", "reload", "apache2"), ...PROOF, ...OF_FILES],
  HAProxy: [
    { ...CERTIFICATE_PATH, hint: "One file of leaf, chain and key." },
    test("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"),
    reload("systemctl", "reload", "haproxy"),
    ...PROOF,
    ...OF_FILES,
  ],
  Files: [...PLAIN, reload(), ...OF_FILES],
  ACM: [
    { name: "config.region", label: "Region", form: "text", isNeeded: true, placeholder: "eu-central-1" },
    { name: "config.certificate_arn", label: "ARN", form: "text", hint: "Of the certificate to replace. Without one the first import makes one, which later ones find by its tags." },
  ],
};

function settingsOf(type: FieldValue | undefined): Section {
  const name = typeof type === "string" && type in SETTINGS ? type : "NGINX";
  return { title: `Settings of ${name}`, fields: SETTINGS[name] ?? [] };
}

const AGENT: Field = { name: "agent_id", label: "Agent", form: "record", of: "agents", hint: "Nothing is deployed without one." };

function TargetState({ row: { enabled, unfit } }: { row: Row<"targets"> }) {
  if (!enabled) return <StatusBadge status="Disabled" tone="idle" />;
  return unfit.length > 0 ? <StatusBadge status="Not allowed" tone="bad" /> : <StatusBadge status="Enabled" tone="ok" />;
}

const TARGETS: Description<"targets"> = {
  kind: "targets",
  title: "Targets",
  one: "target",
  icon: "server",
  description: "Where agents put certificates: servers, files, ACM.",
  empty: "A target says where a certificate goes on a host, and how its server is told.",
  write: "targets:write",
  types: TYPES,
  hasTeam: true,
  columns: [
    { id: "type", title: "Type", width: "100px", sortBy: (row) => row.type, cell: (row) => row.type },
    { id: "agent", title: "Agent", width: "22%", hideWhenNarrow: true, cell: (row) => <CatalogLink kind="agents" id={row.agent_id} className={classes.above} /> },
    { id: "team", title: "Team", width: "20%", hideWhenNarrow: true, cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} /> },
    { id: "state", title: "State", width: "120px", hideWhenNarrow: true, sortBy: (row) => Number(row.enabled), cell: (row) => <TargetState row={row} /> },
  ],
  facts: (row) => [
    { term: "Type", value: row.type },
    { term: "State", value: <TargetState row={row} /> },
    { term: "Agent", value: <CatalogLink kind="agents" id={row.agent_id} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
  ],
  sections: (draft) => [
    { fields: [NAME, { name: "type", label: "Type", form: "choice", options: TYPES, fallback: "NGINX", isFixed: true }, AGENT, TEAM, ENABLED] },
    settingsOf(draft.type),
  ],
  deletion: "No certificate is taken there any more. What is on the host stays as it is.",
  test: "targets",
  More: ({ row }) => (
    <>
      <Unfit unfit={row.unfit} />
      <Settings config={row.config} />
      <TargetCertificates id={row.id} />
    </>
  ),
};

export default function Targets() {
  return <CatalogPage of={TARGETS} />;
}
