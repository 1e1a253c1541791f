import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MantineProvider } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { BrowserRouter, Link, Route, Routes } from "react-router";
import { expect, test } from "vitest";

import { record } from "../test/catalogBuilders";
import { renderAt } from "../test/render";
import { api } from "../test/server";
import { PUSH, useAddress } from "./address";
import { TextFilter, useFilters } from "./FilterBar";
import { RowOpener } from "./RowLink";

const NAMES = ["name", "team"] as const;

function renderPage(page: ReactNode, path = "/list") {
  window.history.pushState(null, "", path);
  const user = userEvent.setup();
  render(
    <MantineProvider env="test">
      <BrowserRouter>
        <Routes>
          <Route path="/list" element={page} />
          <Route path="/other" element={<h1>Other</h1>} />
        </Routes>
      </BrowserRouter>
    </MantineProvider>,
  );
  return user;
}

function ListPage() {
  const { values, set, clear } = useFilters(NAMES);
  const { parameters, set: open } = useAddress();
  const both = () => {
    set("team", "t-1");
    open({ open: "a" }, PUSH);
  };
  return (
    <>
      <TextFilter label="Name" value={values.name} onChange={(value) => set("name", value)} />
      <RowOpener id="a" title="Row a" />
      <button onClick={both}>Both</button>
      <button onClick={clear}>Clear all</button>
      <Link to="/other">Other page</Link>
      <output>{parameters.toString()}</output>
    </>
  );
}

test("two changes of the address in one tick both hold", async () => {
  const user = renderPage(<ListPage />);
  await user.click(screen.getByRole("button", { name: "Both" }));
  expect(window.location.search).toBe("?team=t-1&open=a");
  expect(screen.getByRole("status")).toHaveTextContent("team=t-1&open=a");
});

test("a row that is clicked right after typing opens, and the filter is applied with it", async () => {
  const user = renderPage(<ListPage />, "/list?team=t-2");
  await user.type(screen.getByRole("textbox", { name: "Name" }), "web");
  await user.click(screen.getByRole("link", { name: "Row a" }));
  expect(window.location.search).toBe("?team=t-2&name=web&open=a");
});

test("the row's link is one that a new tab can open", async () => {
  const user = renderPage(<ListPage />, "/list?team=t-2");
  const link = screen.getByRole("link", { name: "Row a" });
  expect(link).toHaveAttribute("href", "/list?team=t-2&open=a");
  link.addEventListener("click", (event) => event.preventDefault());
  await user.keyboard("{Control>}");
  await user.click(link);
  await user.keyboard("{/Control}");
  expect(window.location.search).toBe("?team=t-2");
});

test("what is typed is kept until the address has it, and cleared with it", async () => {
  const user = renderPage(<ListPage />);
  const field = screen.getByRole("textbox", { name: "Name" });
  const seen: string[] = [];
  field.addEventListener("input", () => seen.push((field as HTMLInputElement).value));
  await user.type(field, "web");
  await waitFor(() => expect(window.location.search).toBe("?name=web"));
  expect(field).toHaveValue("web");
  await user.type(field, "-1");
  await user.click(screen.getByRole("button", { name: "Clear all" }));
  expect(window.location.search).toBe("");
  await waitFor(() => expect(field).toHaveValue(""));
  expect(seen).toEqual(["w", "we", "web", "web-", "web-1"]);
});

function Leaving({ onDrawn }: { onDrawn: (change: () => void) => void }) {
  const { set } = useAddress();
  useEffect(() => {
    onDrawn(() => set({ name: "late" }));
  });
  return <Link to="/other">Other page</Link>;
}

test("a change for a page that is being left does not bring the reader back", async () => {
  const late: (() => void)[] = [];
  const user = renderPage(<Leaving onDrawn={(change) => late.push(change)} />);
  await user.click(screen.getByRole("link", { name: "Other page" }));
  expect(await screen.findByRole("heading", { name: "Other" })).toBeVisible();
  act(() => late[0]?.());
  expect(window.location.pathname + window.location.search).toBe("/other");
});

test("a record that is clicked while its filter is still being typed opens", async () => {
  api.catalog.owners.push(record("owners", { id: "o-web", name: "Web people" }));
  renderAt("/owners");
  const link = await screen.findByRole("link", { name: "Web people" });
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "Web" } });
  fireEvent.click(link);
  expect(Object.fromEntries(new URLSearchParams(window.location.search))).toMatchObject({ name: "Web", open: "o-web" });
  expect(await screen.findByRole("dialog")).toBeVisible();
});
