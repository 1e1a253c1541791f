import { MantineProvider, Select, TextInput } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
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
