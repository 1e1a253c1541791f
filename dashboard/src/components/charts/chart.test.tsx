import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { newQueryClient } from "../../api/queryClient";
import { chart } from "./chart";

test("a chart whose code does not come says so, and comes when it is asked for again", async () => {
  const answers = [() => Promise.reject(new Error("It was gone.")), () => Promise.resolve({ default: () => <>the picture</> })];
  const Picture = chart("Picture", () => answers.shift()?.() ?? Promise.reject(new Error("It was asked for too often.")));
  render(
    <QueryClientProvider client={newQueryClient()}>
      <MantineProvider>
        <Picture />
      </MantineProvider>
    </QueryClientProvider>,
  );
  expect(await screen.findByText("Could not load the chart")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("the picture")).toBeVisible();
});
