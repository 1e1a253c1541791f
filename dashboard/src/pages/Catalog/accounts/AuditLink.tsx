import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { Can } from "../../../components/session";

/** To everything that the account did. */
export function AuditLink({ id }: { id: string }) {
  return (
    <Can permission="audit:read">
      <Anchor component={Link} to={`/audit?${new URLSearchParams({ actor: id, view: "all" }).toString()}`} size="sm">
        What it did, in the audit trail
      </Anchor>
    </Can>
  );
}
