import { Anchor, List } from "@mantine/core";
import { Link } from "react-router";

import type { Readiness } from "../../api/inventoryReports";
import { Card } from "../../components/Card";
import { Time } from "../../components/Time";
import { counted } from "../../components/words/count";

/** CAs that end before the certificates below them. */
export function CasCard({ cas }: { cas: Readiness["expiring_cas"] }) {
  if (cas.length === 0) return null;
  return (
    <Card title="CAs that expire first" description="Certificates below them stop working then, however long they are valid themselves.">
      <List size="sm" spacing={6} listStyleType="none">
        {cas.map(({ fingerprint, subject, not_after, leaves }) => (
          <List.Item key={fingerprint}>
            <Anchor component={Link} to={`/inventory/${fingerprint}`} size="sm">
              <bdi>{subject}</bdi>
            </Anchor>
            : <Time at={not_after} />, above {counted(leaves, "certificates")}
          </List.Item>
        ))}
      </List>
    </Card>
  );
}
