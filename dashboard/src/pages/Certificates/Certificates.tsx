import { Anchor, Button } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";

import { type Certificate, certificateKeys, listCertificates } from "../../api/certificates";
import { useNamesOf } from "../../api/names";
import { type List, useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { Can, useCan } from "../../components/session";
import { Card } from "../../components/Card";
import { DataTable } from "../../components/DataTable";
import { type Density, useDensity } from "../../components/density";
import { Icon } from "../../components/Icon";
import { useIsNarrow } from "../../components/narrow";
import { PageHeader } from "../../components/PageHeader";
import { SavedViews } from "../../components/SavedViews";
import { useSorted } from "../../components/sorting";
import { Empty } from "../../components/states";
import { BulkMenu } from "./BulkMenu";
import { CertificateFilterBar } from "./CertificateFilterBar";
import { columnsFor, NAMED_KINDS } from "./columns";
import { ColumnChooser } from "./ColumnChooser";
import { useChosenColumns } from "./chosenColumns";
import { ExportCsv } from "./ExportCsv";
import { useCertificateFilters } from "./filters";
import { useOrder } from "./order";
import { forItems, type Item, PART_HEAD, withHead } from "./rows";
import { selectColumn, useSelection } from "./selection";
import { Tools } from "./Tools";

const ROW_HEIGHT: Record<Density, number> = { comfortable: 48, compact: 32 };
/** Two lines. */
const NARROW_ROW_HEIGHT = 64;

export default function Certificates() {
  const filters = useCertificateFilters();
  const { query, order, comesByExpiry } = useOrder(filters.query);
  const list = useList(certificateKeys.list(query), (page) => listCertificates(query, page), {
    refetchInterval: LIST_POLL_MS,
    keepsRows: true,
  });
  const { density } = useDensity();
  const isNarrow = useIsNarrow();
  const nameOf = useNamesOf(NAMED_KINDS);
  const chosen = useChosenColumns();
  const columns = columnsFor(density, nameOf, isNarrow, chosen.ids);
  const loaded = useEachOnce(list.rows);
  // Sorted as the table sorts it: with Shift, rows are selected in the order that is seen.
  const isWhole = !list.hasNextPage;
  const shown = useSorted(loaded, columns, isWhole, order).rows;
  const selection = useSelection(shown);
  const mayChange = useCan("certificates:write");
  const isByExpiry = comesByExpiry && (order.isByApi || !isWhole);
  const items = useMemo(() => (isByExpiry ? withHead(loaded, isWhole) : loaded), [isByExpiry, loaded, isWhole]);
  return (
    <>
      <PageHeader
        title="Certificates"
        description="Certificates that certctl issues and renews."
        actions={
          <>
            <BulkMenu selected={selection.rows} />
            <NewButton />
          </>
        }
      />
      <CertificateFilterBar filters={filters} />
      <Tools filters={filters}>
        <SavedViews storageKey="certctl.certificate-views" />
        <ExportCsv query={query} />
        {!isNarrow && <ColumnChooser chosen={chosen} />}
      </Tools>
      <Card flush>
        <DataTable<Item>
          // Rows of another height are measured again.
          key={`${density} ${isNarrow}`}
          list={{ ...list, rows: items }}
          columns={forItems(mayChange ? [selectColumn(selection), ...columns] : columns)}
          rowKey={(item) => item.id}
          rowHeight={isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT[density]}
          band={PART_HEAD}
          count={loaded.length}
          what="certificates"
          order={order}
          note={noteOf(list, order.sorting === null)}
          empty={filters.count > 0 ? <NoMatch onClear={filters.clear} isIncomplete={list.isIncomplete} /> : <None />}
        />
      </Card>
    </>
  );
}

/** One that moves in the order while pages are read may come twice. */
function useEachOnce(rows: readonly Certificate[]): readonly Certificate[] {
  return useMemo(() => [...new Map(rows.map((row) => [row.id, row])).values()], [rows]);
}

function noteOf({ isIncomplete }: List<Certificate>, isUnsorted: boolean): string | undefined {
  if (isIncomplete) return INDEXING;
  return isUnsorted ? "in the API's order: sorting applies to the loaded rows" : undefined;
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
    <Empty title="No matching certificates" icon="search">
      {isIncomplete
        ? INDEXING
        : "Search matches the beginning of a label in a name or of a word in a display name, IDs, serial numbers, fingerprints and tags."}{" "}
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
      Create a CSR where the key belongs, and submit it here.
    </Empty>
  );
}
