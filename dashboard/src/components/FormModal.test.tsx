import { MantineProvider, Select, TextInput } from "@mantine/core";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useEffect, useState } from "react";
import { expect, test, vi } from "vitest";

import { theme } from "../app/theme";
import { ConfirmModal } from "./ConfirmModal";
import { FormModal } from "./FormModal";

function opened() {
  const onClose = vi.fn();
  render(
    <MantineProvider env="test" theme={theme}>
      <FormModal opened onClose={onClose} title="New channel">
        <TextInput label="Name" />
        <Select label="Kind" data={["Slack", "Teams"]} />
        <button onClick={onClose}>Cancel</button>
      </FormModal>
    </MantineProvider>,
  );
  return { onClose, user: userEvent.setup() };
}

test("an empty form closes at once", async () => {
  const { onClose, user } = opened();
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledOnce();
});

test("a filled form is kept until the reader discards it", async () => {
  const { onClose, user } = opened();
  await user.type(screen.getByLabelText("Name"), "ops");
  await user.keyboard("{Escape}");
  await user.click(await screen.findByRole("button", { name: "Keep editing" }));
  expect(screen.getByLabelText("Name")).toHaveValue("ops");
  expect(onClose).not.toHaveBeenCalled();
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.click(await screen.findByRole("button", { name: "Discard changes" }));
  expect(onClose).toHaveBeenCalledOnce();
});

test("a choice from a list counts as filled", async () => {
  const { onClose, user } = opened();
  await user.click(screen.getByRole("combobox", { name: "Kind" }));
  await user.click(await screen.findByRole("option", { name: "Teams" }));
  await user.keyboard("{Escape}");
  expect(await screen.findByText("Discard your changes?")).toBeVisible();
  expect(onClose).not.toHaveBeenCalled();
});

test("the form's own buttons do not ask", async () => {
  const { onClose, user } = opened();
  await user.type(screen.getByLabelText("Name"), "ops");
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(onClose).toHaveBeenCalledOnce();
});

function confirmation() {
  const onClose = vi.fn();
  render(
    <MantineProvider env="test" theme={theme}>
      <ConfirmModal
        title="Revoke?"
        action="Revoke"
        opened
        onClose={onClose}
        onConfirm={vi.fn()}
        isBusy={false}
        error={null}
        typed="revoke 5"
      >
        <TextInput label="Note" />
      </ConfirmModal>
    </MantineProvider>,
  );
  return { onClose, user: userEvent.setup() };
}

test("a confirmation with a filled field is kept until the reader discards it", async () => {
  const { onClose, user } = confirmation();
  await user.type(screen.getByLabelText("Note"), "INC-7");
  await user.keyboard("{Escape}");
  expect(await screen.findByText("Discard your changes?")).toBeVisible();
  expect(onClose).not.toHaveBeenCalled();
});

test("the typed words of a confirmation are nothing to lose", async () => {
  const { onClose, user } = confirmation();
  await user.type(screen.getByLabelText("Type revoke 5 to confirm"), "revoke");
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledOnce();
});

test("a form opens with the focus in its first field", async () => {
  opened();
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveFocus());
});

test("a confirmation without fields opens on the button that changes nothing", async () => {
  render(
    <MantineProvider env="test" theme={theme}>
      <ConfirmModal title="Close?" action="Close it" opened onClose={vi.fn()} onConfirm={vi.fn()} isBusy={false} error={null}>
        Nothing is lost.
      </ConfirmModal>
    </MantineProvider>,
  );
  await waitFor(() => expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus());
});

/** A field that is there only once something was read. */
function Later({ read }: { read: Promise<void> }) {
  const [isRead, setRead] = useState(false);
  useEffect(() => void read.then(() => setRead(true)), [read]);
  return isRead ? <TextInput label="Address" /> : "Loading";
}

test("a form that is read first takes the focus once it is there", async () => {
  const waiting: (() => void)[] = [];
  const read = new Promise<void>((resolve) => void waiting.push(resolve));
  render(
    <MantineProvider env="test" theme={theme}>
      <FormModal opened onClose={vi.fn()} title="New channel">
        <Later read={read} />
      </FormModal>
    </MantineProvider>,
  );
  await waitFor(() => expect(screen.getByRole("button", { name: "Close" })).toHaveFocus());
  waiting[0]?.();
  await waitFor(() => expect(screen.getByLabelText("Address")).toHaveFocus());
});
