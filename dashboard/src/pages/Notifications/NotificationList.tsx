import { useMemo } from "react";

import { listNotifications, type NotificationFilters, notificationKeys, type Tab } from "../../api/notifications";
import { useList } from "../../api/paging";
import { LIST_POLL_MS } from "../../api/polling";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { CertificateFilter } from "../../components/CertificatePicker";
import { FilterBar, SelectFilter, useFilters } from "../../components/FilterBar";
import { Empty, NothingMatches } from "../../components/states";
import { WAITING } from "../../components/words/deliveryState";
import { Causes } from "./Causes";
import { useChannelOptions } from "./channels";
import { ROWS_ID } from "./focusRows";
import classes from "./Notifications.module.css";
import { orderOf } from "./grouping";
import { NotificationDrawer } from "./NotificationDrawer";
import { NotificationTable } from "./NotificationTable";
import { useSelection } from "./selection";
import { Toolbar } from "./Toolbar";
import { viewIn } from "./views";
import { DEATH_CAUSES, STATUSES, TYPES } from "./words";

const NAMES = {
  all: ["status", "type", "channel", "certificate_id", "read"],
  dead: ["dead_because", "type", "channel", "certificate_id", "read"],
} as const;

type Name = (typeof NAMES)[Tab][number];

const READ = [
  { value: "false", label: "Unread only" },
  { value: "true", label: "Read only" },
];

/** One tab: its own query, its own selection. */
export function NotificationList({ tab }: { tab: Tab }) {
  const filters = useFilters<Name>(NAMES[tab]);
  const wanted = queryOf(tab === "dead" ? { ...filters.values, status: "dead" } : filters.values);
  const list = useList(notificationKeys.list(tab, wanted), (page) => listNotifications(wanted, page), { refetchInterval: LIST_POLL_MS });
  const selection = useSelection(list.rows);
  const { parameters, set } = useAddress();
  const view = viewIn(parameters);
  const order = useMemo(() => orderOf(list.rows, view), [list.rows, view]);
  return (
    <>
      <ListFilters tab={tab} filters={filters} />
      {tab === "dead" && filters.count === 0 && <Causes />}
      <Toolbar selection={selection} channel={filters.values.channel ?? null} view={view} onView={(wanted) => set({ view: wanted })} />
      <Card flush>
        <div id={ROWS_ID} className={classes.rows} tabIndex={-1}>
          <NotificationTable
            list={list}
            selection={selection}
            view={view}
            empty={<Nothing tab={tab} onClear={filters.count > 0 ? filters.clear : null} />}
          />
        </div>
      </Card>
      <NotificationDrawer order={order} />
    </>
  );
}

/** As the API takes them: `waiting` is two statuses. */
function queryOf({ status, ...others }: Partial<Record<Name | "status", string>>): NotificationFilters {
  const about = status === undefined ? {} : status === WAITING ? { state: WAITING } : { status };
  return { ...others, ...about } as NotificationFilters;
}

interface ListFiltersProps {
  tab: Tab;
  filters: ReturnType<typeof useFilters<Name>>;
}

function ListFilters({ tab, filters }: ListFiltersProps) {
  const { values, set, clear, count } = filters;
  const channels = useChannelOptions();
  return (
    <FilterBar count={count} onClear={clear}>
      {tab === "all" && <SelectFilter label="Status" value={values.status} onChange={(value) => set("status", value)} options={STATUSES} />}
      {tab === "dead" && (
        <SelectFilter label="Cause" value={values.dead_because} onChange={(value) => set("dead_because", value)} options={DEATH_CAUSES} />
      )}
      <SelectFilter label="Type" value={values.type} onChange={(value) => set("type", value)} options={TYPES} />
      <SelectFilter label="Channel" value={values.channel} onChange={(value) => set("channel", value)} options={channels} />
      <CertificateFilter value={values.certificate_id} onChange={(value) => set("certificate_id", value)} />
      <SelectFilter label="Read" value={values.read} onChange={(value) => set("read", value)} options={READ} />
    </FilterBar>
  );
}

function Nothing({ tab, onClear }: { tab: Tab; onClear: (() => void) | null }) {
  if (onClear !== null) return <NothingMatches onClear={onClear} />;
  if (tab === "dead") {
    return (
      <Empty title="No dead letters" icon="check">
        Alerts that could not be delivered are kept here until someone requeues them: their attempts were used up, they expired, or the
        receiver rejected them.
      </Empty>
    );
  }
  return (
    <Empty title="No notifications yet" icon="bell">
      Once a channel is set up, alerts about expirations, renewals, deployments and revocations are listed here.
    </Empty>
  );
}
