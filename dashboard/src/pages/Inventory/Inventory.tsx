import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { Link } from "react-router";

import { inventoryKeys, listObserved } from "../../api/inventory";
import { useList } from "../../api/paging";
import { SLOW_POLL_MS } from "../../api/polling";
import { Card } from "../../components/Card";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { DataTable } from "../../components/DataTable";
import { FilterBar, SelectFilter, TextFilter } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import { lazyPage } from "../../components/lazyPage";
import { PageHeader } from "../../components/PageHeader";
import { SavedViews } from "../../components/SavedViews";
import { Can, useCan } from "../../components/session";
import { Empty, Loading, NothingMatches } from "../../components/states";
import { labelOf } from "../../components/StatusBadge";
import { RENEWER_OPTIONS, TRAIT_OPTIONS } from "../../components/words/traits";
import { useColumns } from "./columns";
import { Facets } from "./Facets";
import { EXPIRY, KINDS, OWNED, type ObservedFilterState, SELDOM, STATUSES, useObservedFilters } from "./filters";
import classes from "./Inventory.module.css";

const STATUS_OPTIONS = STATUSES.map((value) => ({ value, label: labelOf(value) }));

/** Only an empty inventory asks for it. */
const Ways = lazyPage(() => import("../InventoryImport/Ways"));

const keyOf = ({ fingerprint }: { fingerprint: string }) => fingerprint;

export default function Inventory() {
  const filters = useObservedFilters();
  const { query } = filters;
  const list = useList(inventoryKeys.list(query), (page) => listObserved(query, page), { refetchInterval: SLOW_POLL_MS });
  const columns = useColumns();
  const isEmpty = !list.isPending && list.error === null && list.rows.length === 0 && !list.hasNextPage && filters.count === 0;
  const isStarting = useStart(isEmpty);
  return (
    <>
      <PageHeader
        title="Inventory"
        description="Certificates that were found, from any issuer."
        docs="inventory"
        actions={
          <>
            <SavedViews storageKey="certctl.inventory-views" />
            <Can permission="inventory:write">
              <ImportButton />
            </Can>
          </>
        }
      />
      {!(isStarting && isEmpty) && (
        <>
          <ObservedFilterBar filters={filters} />
          <Facets filters={filters} />
          <Card flush>
            <DataTable
              list={list}
              columns={columns}
              rowKey={keyOf}
              what="observed certificates"
              empty={filters.count > 0 ? <NothingMatches onClear={filters.clear} /> : <NothingYet />}
            />
          </Card>
        </>
      )}
      {isStarting && (
        <div className={classes.start}>
          {isEmpty && <NothingYet />}
          <Suspense fallback={<Loading />}>
            <Ways />
          </Suspense>
        </div>
      )}
    </>
  );
}

function ImportButton() {
  return (
    <Button component={Link} to="/inventory/import" leftSection={<Icon name="upload" size={15} />}>
      Import
    </Button>
  );
}

function ObservedFilterBar({ filters }: { filters: ObservedFilterState }) {
  const { values, set, clear, count } = filters;
  return (
    <FilterBar
      count={count}
      onClear={clear}
      moreCount={SELDOM.filter((name) => values[name] !== undefined).length}
      more={
        <>
          <CatalogFilter kind="owners" label="Owner" value={values.owner} onChange={(value) => set("owner", value)} />
          <SelectFilter label="Owned by" value={values.owned} onChange={(value) => set("owned", value)} options={OWNED} />
          <SelectFilter label="Trait" value={values.trait} onChange={(value) => set("trait", value)} options={TRAIT_OPTIONS} />
          <SelectFilter label="Renewed by" value={values.renewer} onChange={(value) => set("renewer", value)} options={RENEWER_OPTIONS} />
          <SelectFilter label="Kind" value={values.kind} onChange={(value) => set("kind", value)} options={KINDS} />
        </>
      }
    >
      <TextFilter
        label="Search"
        placeholder="Beginning of a name, serial or fingerprint"
        value={values.q}
        onChange={(value) => set("q", value)}
        isSearch
      />
      <SelectFilter label="Status" value={values.status} onChange={(value) => set("status", value)} options={STATUS_OPTIONS} />
      <SelectFilter label="Expiry" value={values.expires} onChange={(value) => set("expires", value)} options={EXPIRY} />
      <TextFilter label="Issuer" value={values.issuer} onChange={(value) => set("issuer", value)} />
      <CatalogFilter kind="teams" label="Team" value={values.team} onChange={(value) => set("team", value)} />
    </FilterBar>
  );
}

/** True from an empty list on, for who can fill it: what an import came to stays in sight when its certificates are listed. */
function useStart(isEmpty: boolean): boolean {
  const [mayImport, mayAdd] = [useCan("inventory:write"), useCan("endpoints:write")];
  const [wasEmpty, setWasEmpty] = useState(false);
  if (isEmpty && !wasEmpty) setWasEmpty(true);
  return wasEmpty && (mayImport || mayAdd);
}

function NothingYet() {
  const mayImport = useCan("inventory:write");
  return (
    <Empty title="No certificates found yet" icon="search">
      {mayImport
        ? "Drop files or run one command, and certificates are listed here. Host names become endpoints, which are probed."
        : "Certificates of teams that you can access are listed once someone imports them or an agent finds them."}
    </Empty>
  );
}
