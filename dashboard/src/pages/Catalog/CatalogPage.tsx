/** One page for all kinds of the catalog: list, drawer, form. */

import { Button } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";

import { type CatalogFilters, type CatalogKind, catalogKeys, listCatalog, type Row } from "../../api/catalog";
import { useList } from "../../api/paging";
import { Can } from "../../components/session";
import { useAddress } from "../../components/address";
import { Card } from "../../components/Card";
import { CatalogFilter } from "../../components/catalog/CatalogFilter";
import { type Column, DataTable } from "../../components/DataTable";
import { FilterBar, SelectFilter, TextFilter, useFilters } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import { PageHeader } from "../../components/PageHeader";
import { RowOpener } from "../../components/RowLink";
import { Empty, NothingMatches } from "../../components/states";
import type { Description } from "./kind";
import type { Sorting } from "../../components/sorting";
import { RecordDrawer } from "./RecordDrawer";
import { RecordModal } from "./RecordModal";

const NAMES = ["name", "type", "team_id", "status"] as const;
const REFETCH_MS = 30_000;

interface CatalogProps<Kind extends CatalogKind> {
  of: Description<Kind>;
}

export function CatalogPage<Kind extends CatalogKind>({ of }: CatalogProps<Kind>) {
  return (
    <>
      <PageHeader title={of.title} description={of.description} docs={of.kind} actions={<Actions of={of} />} />
      <CatalogList of={of} />
    </>
  );
}

function Actions<Kind extends CatalogKind>({ of }: CatalogProps<Kind>) {
  const { Start } = of;
  return (
    <>
      {Start !== undefined && <Start />}
      <NewButton of={of} />
    </>
  );
}

export function NewButton<Kind extends CatalogKind>({ of }: CatalogProps<Kind>) {
  const { isOpen, open, close } = useAddress().flag("new");
  return (
    <Can permission={of.write}>
      <Button variant={of.Start === undefined ? "filled" : "default"} leftSection={<Icon name="plus" size={16} />} onClick={open}>
        New {of.one}
      </Button>
      <RecordModal of={of} row={null} opened={isOpen} onClose={close} />
    </Can>
  );
}

export function CatalogList<Kind extends CatalogKind>({ of }: CatalogProps<Kind>) {
  const filters = useFilters(NAMES);
  const wanted: CatalogFilters = filters.values;
  const list = useList(catalogKeys.list(of.kind, wanted), (page) => listCatalog(of.kind, wanted, page), { refetchInterval: REFETCH_MS });
  const columns = useMemo((): Column<Row<Kind>>[] => [nameColumn(of), ...of.columns], [of]);
  const [sorting, setSorting] = useState<Sorting | null>(BY_NAME);
  return (
    <>
      <CatalogFilterBar of={of} filters={filters} />
      <Card flush>
        <DataTable
          list={list}
          columns={columns}
          rowKey={idOf}
          what={of.title.toLowerCase()}
          order={{ sorting, setSorting, isByApi: false }}
          empty={<Nothing of={of} onClear={filters.count > 0 ? filters.clear : null} />}
        />
      </Card>
      <RecordDrawer of={of} />
    </>
  );
}

/** The API has them in the order of their ids. */
const BY_NAME: Sorting = { column: "name", direction: "ascending" };
const idOf = ({ id }: { id: string }) => id;

function nameColumn<Kind extends CatalogKind>({ below }: Description<Kind>): Column<Row<Kind>> {
  return {
    id: "name",
    title: "Name",
    sortBy: (row) => row.name.toLowerCase(),
    cell: (row) => <NameCell row={row} below={below?.(row) ?? row.id} />,
  };
}

function NameCell({ row, below }: { row: { id: string; name: string }; below: ReactNode }) {
  return <RowOpener id={row.id} title={row.name} below={below} />;
}

interface FilterBarProps<Kind extends CatalogKind> extends CatalogProps<Kind> {
  filters: ReturnType<typeof useFilters<(typeof NAMES)[number]>>;
}

function CatalogFilterBar<Kind extends CatalogKind>({ of, filters: { values, set, clear, count } }: FilterBarProps<Kind>) {
  return (
    <FilterBar count={count} onClear={clear}>
      <TextFilter isSearch label="Name" placeholder="Name starts with" value={values.name} onChange={(value) => set("name", value)} />
      {of.types !== undefined && (
        <SelectFilter label="Type" value={values.type} onChange={(value) => set("type", value)} options={of.types} />
      )}
      {of.statuses !== undefined && (
        <SelectFilter label="Status" value={values.status} onChange={(value) => set("status", value)} options={of.statuses} />
      )}
      {of.hasTeam && <CatalogFilter kind="teams" label="Team" value={values.team_id} onChange={(value) => set("team_id", value)} />}
    </FilterBar>
  );
}

function Nothing<Kind extends CatalogKind>({ of, onClear }: CatalogProps<Kind> & { onClear: (() => void) | null }) {
  if (onClear !== null) return <NothingMatches onClear={onClear} />;
  return (
    <Empty title={`No ${of.title.toLowerCase()} yet`} icon={of.icon}>
      {of.empty}
    </Empty>
  );
}
