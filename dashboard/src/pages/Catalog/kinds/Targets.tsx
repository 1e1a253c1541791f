import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Row } from "../../../api/catalog";
import { catalogTypeKeys, listTargetTypes, type TargetType } from "../../../api/catalogTypes";
import { CatalogLink } from "../../../components/catalog/CatalogName";
import { QueryView } from "../../../components/states";
import { StatusBadge } from "../../../components/StatusBadge";
import classes from "../Catalog.module.css";
import { CatalogPage } from "../CatalogPage";
import type { Field } from "../fields";
import type { Description } from "../kind";
import { Settings } from "../Settings";
import { ENABLED, NAME, TEAM } from "../sharedFields";
import { labelOf, optionsOf, settingLabels, settingSections, typeField } from "../typeFields";
import { Unfit } from "./AgentConsent";
import { CRL_BUNDLE, InstalledCrls } from "./InstalledCrls";
import { TargetCertificates } from "./TargetCertificates";

const AGENT: Field = { name: "agent_id", label: "Agent", form: "record", of: "agents", hint: "Without an agent, nothing is deployed." };

function TargetState({ row: { enabled, unfit } }: { row: Row<"targets"> }) {
  if (!enabled) return <StatusBadge status="Disabled" tone="idle" />;
  return unfit.length > 0 ? <StatusBadge status="Not allowed" tone="bad" /> : <StatusBadge status="Enabled" tone="ok" />;
}

const targets = (types: readonly TargetType[]): Description<"targets"> => ({
  kind: "targets",
  title: "Targets",
  one: "target",
  icon: "server",
  description: "Where agents install certificates and CRLs: servers, files, ACM.",
  empty: "A target defines where a certificate is installed on a host and how its server is reloaded.",
  write: "targets:write",
  types: optionsOf(types),
  hasTeam: true,
  columns: [
    { id: "type", title: "Type", width: "100px", sortBy: (row) => row.type, cell: (row) => labelOf(types, row.type) },
    {
      id: "agent",
      title: "Agent",
      width: "22%",
      hideWhenNarrow: true,
      cell: (row) => <CatalogLink kind="agents" id={row.agent_id} className={classes.above} />,
    },
    {
      id: "team",
      title: "Team",
      width: "20%",
      hideWhenNarrow: true,
      cell: (row) => <CatalogLink kind="teams" id={row.team_id} className={classes.above} />,
    },
    {
      id: "state",
      title: "State",
      width: "120px",
      hideWhenNarrow: true,
      sortBy: (row) => Number(row.enabled),
      cell: (row) => <TargetState row={row} />,
    },
  ],
  facts: (row) => [
    { term: "Type", value: labelOf(types, row.type) },
    { term: "State", value: <TargetState row={row} /> },
    { term: "Agent", value: <CatalogLink kind="agents" id={row.agent_id} /> },
    { term: "Team", value: <CatalogLink kind="teams" id={row.team_id} /> },
  ],
  sections: (draft) => [{ fields: [NAME, typeField(types), AGENT, TEAM, ENABLED] }, ...settingSections(types, draft)],
  deletion: "No more certificates are deployed there. What is on the host stays as it is.",
  test: "targets",
  More: ({ row }) => (
    <>
      <Unfit unfit={row.unfit} labels={settingLabels(types, row.type)} />
      <Settings config={row.config} labels={settingLabels(types, row.type)} />
      {row.type === CRL_BUNDLE ? <InstalledCrls report={row.crl_report} /> : <TargetCertificates id={row.id} />}
    </>
  ),
});

function TargetsPage({ types }: { types: readonly TargetType[] }) {
  const description = useMemo(() => targets(types), [types]);
  return <CatalogPage of={description} />;
}

export default function Targets() {
  const query = useQuery({ queryKey: catalogTypeKeys.targets, queryFn: ({ signal }) => listTargetTypes(signal), staleTime: Infinity });
  return (
    <QueryView query={query} what="the types of targets">
      {(types) => <TargetsPage types={types} />}
    </QueryView>
  );
}
