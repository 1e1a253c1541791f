import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ReadableList } from "../api/paging";
import { DataTable } from "./DataTable";

// An act of a test before this one, in another file too, is not recent any more: rows would not wait.
beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000));
afterEach(() => void vi.restoreAllMocks());

test("a page that arrives between two renders is followed by the next one", () => {
  const fetchNextPage = vi.fn();
  const idle = {
    error: null,
    isPending: false,
    isFetching: false,
    isFetchingNextPage: false,
    isFetchNextPageError: false,
    refetch: vi.fn(),
  };
  const listOf = (rows: string[], hasNextPage: boolean): ReadableList<string> => ({ ...idle, rows, hasNextPage, fetchNextPage });
  const table = (list: ReadableList<string>) => (
    <MantineProvider env="test">
      <DataTable list={list} columns={[]} rowKey={(row) => row} what="names" empty="None" />
    </MantineProvider>
  );
  const { rerender } = render(table(listOf(["a"], true)));
  expect(fetchNextPage).toHaveBeenCalledTimes(1);
  rerender(table(listOf(["a", "b"], true)));
  expect(fetchNextPage).toHaveBeenCalledTimes(2);
  rerender(table(listOf(["a", "b", "c"], false)));
  expect(fetchNextPage).toHaveBeenCalledTimes(2);
});

const LOADED = {
  error: null,
  isPending: false,
  isFetching: false,
  hasNextPage: false,
  isFetchingNextPage: false,
  isFetchNextPageError: false,
};
const NAME = [{ id: "name", title: "Name", cell: (row: string) => row }];

function tableOf(rows: string[], identity = "all") {
  const list: ReadableList<string> = { ...LOADED, rows, identity, refetch: vi.fn(), fetchNextPage: vi.fn() };
  return (
    <MantineProvider env="test">
      <DataTable list={list} columns={NAME} rowKey={(row) => row} what="names" empty="None" />
    </MantineProvider>
  );
}

const isNew = () => screen.queryByRole("button", { name: /^Show/ });

test("rows that a poll adds are displayed at once while nobody points at the table", () => {
  const { rerender } = render(tableOf(["b", "c"]));
  rerender(tableOf(["a", "b", "c"]));
  expect(isNew()).toBeNull();
  expect(screen.getByRole("status")).toHaveTextContent("3 names");
});

test("under the pointer nothing moves: new rows wait until it leaves, or until they are asked for", () => {
  const { rerender } = render(tableOf(["b", "c"]));
  fireEvent.mouseEnter(screen.getByRole("table"));
  rerender(tableOf(["a", "b", "c"]));
  expect(isNew()).toHaveTextContent("Show 1 new");
  fireEvent.mouseLeave(screen.getByRole("table"));
  expect(isNew()).toBeNull();
  fireEvent.mouseEnter(screen.getByRole("table"));
  rerender(tableOf(["z", "a", "b", "c"]));
  fireEvent.click(screen.getByRole("button", { name: "Show 1 new" }));
  expect(isNew()).toBeNull();
});

test("rows that were read on, and those of another query, never wait", () => {
  const { rerender } = render(tableOf(["b", "c"]));
  fireEvent.mouseEnter(screen.getByRole("table"));
  rerender(tableOf(["b", "c", "d"]));
  expect(isNew()).toBeNull();
  rerender(tableOf(["x", "c", "d"], "others"));
  expect(isNew()).toBeNull();
});
