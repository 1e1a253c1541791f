import { screen, waitFor } from "@testing-library/react";
import { expect } from "vitest";

/** The drawer or question of that title, once it has faded in. */
export async function openDialog(name: string): Promise<HTMLElement> {
  const dialog = await screen.findByRole("dialog", { name });
  await waitFor(() => expect(dialog).toBeVisible());
  return dialog;
}
