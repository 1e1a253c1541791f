import { MantineProvider } from "@mantine/core";
import { render } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { ReadableList } from "../api/paging";
import { DataTable } from "./DataTable";

test("a page that arrives between two renders is followed by the next one", () => {
  const fetchNextPage = vi.fn();
  const idle = { error: null, isPending: false, isFetching: false, isFetchingNextPage: false, isFetchNextPageError: false, refetch: vi.fn() };
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
