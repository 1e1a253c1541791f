import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Row } from "../../../api/catalog";
import { catalogTypeKeys, type IssuerType, listIssuerTypes } from "../../../api/catalogTypes";
import { QueryView } from "../../../components/states";
import { StatusBadge } from "../../../components/StatusBadge";
import { Time } from "../../../components/Time";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { Settings } from "../Settings";
import { ENABLED, NAME } from "../sharedFields";
import { labelOf, optionsOf, settingLabels, settingSections, typeField } from "../typeFields";

const issuers = (types: readonly IssuerType[]): Description<"issuers"> => ({
  kind: "issuers",
  title: "Issuers",
  one: "issuer",
  icon: "building",
  description: "The certificate authorities that sign certificates.",
  empty: "Without an issuer, no certificate can be issued.",
  write: "catalog:write",
  builtIns: ["iss-local"],
  types: optionsOf(types),
  columns: [
    { id: "type", title: "Type", width: "180px", hideWhenNarrow: true, sortBy: (row) => row.type, cell: (row) => labelOf(types, row.type) },
    {
      id: "state",
      title: "State",
      width: "120px",
      sortBy: (row) => Number(row.enabled),
      cell: (row) => <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} />,
    },
  ],
  facts: (row) => [
    { term: "Type", value: labelOf(types, row.type) },
    { term: "State", value: <StatusBadge status={row.enabled ? "Enabled" : "Disabled"} tone={row.enabled ? "ok" : "idle"} /> },
    ...(hasServer(types, row) ? [{ term: "Last response", value: <Time at={row.last_contact?.succeeded_at} none="Never" /> }] : []),
    ...(row.last_contact?.failed_at
      ? [
          {
            term: "Last failure",
            value: (
              <>
                <Time at={row.last_contact.failed_at} /> · {row.last_contact.error}
              </>
            ),
          },
        ]
      : []),
  ],
  sections: (draft) => [{ fields: [NAME, typeField(types), ENABLED] }, ...settingSections(types, draft)],
  deletion: "It can no longer sign certificates. It disappears from all lists immediately.",
  test: "issuers",
  More: ({ row }) => <Settings config={row.config} labels={settingLabels(types, row.type)} />,
});

function hasServer(types: readonly IssuerType[], row: Row<"issuers">): boolean {
  return types.some(({ type, signs_locally }) => type === row.type && !signs_locally);
}

function IssuersPage({ types }: { types: readonly IssuerType[] }) {
  const description = useMemo(() => issuers(types), [types]);
  return <CatalogPage of={description} />;
}

export default function Issuers() {
  const query = useQuery({ queryKey: catalogTypeKeys.issuers, queryFn: ({ signal }) => listIssuerTypes(signal), staleTime: Infinity });
  return (
    <QueryView query={query} what="the types of issuers">
      {(types) => <IssuersPage types={types} />}
    </QueryView>
  );
}
