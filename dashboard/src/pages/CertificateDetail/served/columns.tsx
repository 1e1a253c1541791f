import type { Endpoint } from "../../../api/endpoints";
import type { Column } from "../../../components/DataTable";
import { RowLink } from "../../../components/RowLink";
import { Time } from "../../../components/Time";
import { FindingBadges } from "../../Endpoints/FindingBadges";
import { placeOf } from "../../Endpoints/words";

export const COLUMNS: readonly Column<Endpoint>[] = [
  { id: "place", title: "Endpoint", cell: (row) => <RowLink to={`/endpoints?open=${encodeURIComponent(row.id)}`} title={placeOf(row)} /> },
  { id: "findings", title: "Findings", cell: (row) => <FindingBadges endpoint={row} /> },
  {
    id: "changed",
    title: "Changed",
    width: "150px",
    hideWhenNarrow: true,
    cell: ({ changed_at }) => <Time at={changed_at} none="–" />,
  },
];
