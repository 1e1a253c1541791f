import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import type { Certificate } from "../../../api/certificates";
import { endpointKeys, listEndpoints } from "../../../api/endpoints";
import { useList } from "../../../api/paging";
import { SLOW_POLL_MS } from "../../../api/polling";
import { Card } from "../../../components/Card";
import { DataTable } from "../../../components/DataTable";
import { useCan } from "../../../components/session";
import { COLUMNS } from "./columns";

const idOf = ({ id }: { id: string }) => id;

/** What its endpoints really serve; nothing for a certificate without endpoints. */
export function ServedCard({ certificate: { id } }: { certificate: Pick<Certificate, "id"> }) {
  const wanted = { certificate: id };
  const enabled = useCan("inventory:read");
  const list = useList(endpointKeys.list(wanted), (page) => listEndpoints(wanted, page), { refetchInterval: SLOW_POLL_MS, enabled });
  if (list.rows.length === 0) return null;
  const all = (
    <Anchor component={Link} to={`/endpoints?certificate=${encodeURIComponent(id)}`} size="sm">
      View endpoints
    </Anchor>
  );
  return (
    <Card title="Served" description="What probes see at its endpoints." actions={all} flush>
      <DataTable list={list} columns={COLUMNS} rowKey={idOf} what="endpoints" empty={null} />
    </Card>
  );
}
