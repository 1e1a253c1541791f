import { Button, SegmentedControl } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMemo } from "react";

import { auditKeys, listAuditEvents } from "../../api/audit";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { Can } from "../../components/session";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { useFilters } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import classes from "./Audit.module.css";
import { AuditFilterBar } from "./AuditFilterBar";
import { EventDrawer } from "./EventDrawer";
import { EventTable } from "./EventTable";
import { ExportModal } from "./ExportModal";
import { asQuery, type AuditView, FILTER_NAMES, VIEWS, viewOf } from "./filters";
import { Seals } from "./Seals";

export default function Audit() {
  const filters = useFilters(FILTER_NAMES);
  const { view, show } = useView(filters.values.resource_type);
  const query = useMemo(() => asQuery(filters.values, view), [filters.values, view]);
  const list = useList(auditKeys.list(query), (request) => listAuditEvents(query, request), { refetchInterval: LIST_POLL_MS });
  const { eventId, close } = useOpenEvent();
  const [isExporting, exporting] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who did what, and when. The audit trail cannot be changed."
        docs="audit"
        actions={
          <Button variant="default" leftSection={<Icon name="download" size={16} />} onClick={exporting.open}>
            Export
          </Button>
        }
      />
      <div className={classes.stack}>
        <Can permission="audit:export">
          <Seals />
        </Can>
        <div>
          <AuditFilterBar {...filters}>
            <SegmentedControl aria-label="Events" data={[...VIEWS]} value={view} onChange={(value) => show(value)} />
          </AuditFilterBar>
          <Card flush>
            <EventTable list={list} onClear={filters.count > 0 ? filters.clear : null} view={view} />
          </Card>
        </div>
      </div>
      <EventDrawer id={eventId} known={list.rows.find((event) => event.id === eventId)} onClose={close} />
      <ExportModal filters={query} opened={isExporting} onClose={exporting.close} />
    </>
  );
}

/** Which events are listed stands in the address, too. */
function useView(resourceType: string | undefined) {
  const { parameters, set } = useAddress();
  const show = (view: AuditView) => {
    const isOfCalls = resourceType === "api" || view === "calls";
    // No other resource has API calls.
    set({ ...(isOfCalls && { resource_type: null }), view: view === "changes" ? null : view });
  };
  return { view: viewOf(parameters.get("view"), resourceType), show };
}

/** Which event is open stands in the address: it can be linked to, and the way back closes it. */
function useOpenEvent() {
  const { parameters, set } = useAddress();
  const close = () => set({ event: null });
  return { eventId: parameters.get("event"), close };
}
