import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ComponentType, Suspense } from "react";
import { expect, test, vi } from "vitest";

import { lazyPage } from "./lazyPage";
import { ErrorBoundary } from "./ErrorBoundary";

function renderPage(Page: ComponentType) {
  // React writes what a boundary catches to the console.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const reload = vi.fn();
  render(
    <MantineProvider>
      <ErrorBoundary resetKey="/page" reload={reload}>
        <Suspense>
          <Page />
        </Suspense>
      </ErrorBoundary>
    </MantineProvider>,
  );
  return { reload, user: userEvent.setup() };
}

test("a page whose code cannot be loaded asks for a new document", async () => {
  const { reload, user } = renderPage(lazyPage(() => Promise.reject(new TypeError("Failed to fetch dynamically imported module"))));
  expect(await screen.findByText(/Its code could not be loaded/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Reload the dashboard" }));
  expect(reload).toHaveBeenCalledOnce();
});

test("a page that breaks is rendered again", async () => {
  let isBroken = true;
  const { reload, user } = renderPage(() => {
    if (isBroken) throw new Error("It broke.");
    return <p>Mended</p>;
  });
  isBroken = false;
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Mended")).toBeVisible();
  expect(reload).not.toHaveBeenCalled();
});
