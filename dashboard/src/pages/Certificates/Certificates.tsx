import { Anchor, Button } from "@mantine/core";
import { Link } from "react-router";

import { certificateKeys, listCertificates } from "../../api/certificates";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { Can, useCan } from "../../app/session";
import { Card } from "../../components/Card";
import { DataTable } from "../../components/DataTable";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { Empty } from "../../components/states";
import { CertificateFilterBar } from "./CertificateFilterBar";
import { COLUMNS } from "./columns";
import { useCertificateFilters } from "./filters";
import { useOrder } from "./order";
import { RevokeMany } from "./RevokeMany";
import { selectColumn, useSelection } from "./selection";

export default function Certificates() {
  const filters = useCertificateFilters();
  const { query, order, isByExpiry } = useOrder(filters.query);
  const list = useList(certificateKeys.list(query), (page) => listCertificates(query, page), { refetchInterval: LIST_POLL_MS, keepsRows: true });
  const mayRevoke = useCan("certificates:bulk-revoke");
  const selection = useSelection(list.rows);
  const columns = mayRevoke ? [selectColumn(selection), ...COLUMNS] : COLUMNS;
  return (
    <>
      <PageHeader
        title="Certificates"
        description="Every certificate that certctl issues and renews."
        actions={
          <>
            <RevokeMany ids={selection.ids} />
            <NewButton />
          </>
        }
      />
      <CertificateFilterBar filters={filters} />
      <Card flush>
        <DataTable
          list={list}
          columns={columns}
          rowKey={(certificate) => certificate.id}
          what="certificates"
          order={order}
          note={isByExpiry ? "by expiry, those that are in use" : list.isIncomplete ? INDEXING : undefined}
          empty={filters.count > 0 ? <NoMatch onClear={filters.clear} isIncomplete={list.isIncomplete} /> : <None />}
        />
      </Card>
    </>
  );
}

function NewButton() {
  return (
    <Can permission="certificates:write">
      <Button component={Link} to="/certificates/new" leftSection={<Icon name="plus" size={16} />}>
        New certificate
      </Button>
    </Can>
  );
}

const INDEXING = "Older certificates are still being indexed: some may not be found yet.";

function NoMatch({ onClear, isIncomplete }: { onClear: () => void; isIncomplete: boolean }) {
  return (
    <Empty title="No certificate matches" icon="search">
      {isIncomplete ? INDEXING : "A search finds the beginning of a name's label, a display name's word, an id, serial, fingerprint or tag."}{" "}
      <Anchor component="button" type="button" inherit onClick={onClear} underline="always">
        Clear the filters
      </Anchor>{" "}
      to see all.
    </Empty>
  );
}

function None() {
  return (
    <Empty title="No certificates yet" icon="certificate">
      Make a signing request where the key belongs, and send it here.
    </Empty>
  );
}
