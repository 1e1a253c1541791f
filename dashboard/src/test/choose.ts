import { screen, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";

/** Opens a select and takes an option of it: jsdom has no layout to show the list in. */
export async function choose(user: UserEvent, select: HTMLElement, option: string | RegExp): Promise<void> {
  await user.click(select);
  const list = document.getElementById(select.getAttribute("aria-controls") ?? "");
  const options = list === null ? screen : within(list);
  await user.click(await options.findByRole("option", { name: option, hidden: true }));
}
