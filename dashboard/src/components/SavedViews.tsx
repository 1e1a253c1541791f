import { ActionIcon, Button, Group, Menu, Stack, TextInput } from "@mantine/core";
import { useDisclosure, useLocalStorage } from "@mantine/hooks";
import { type SubmitEvent, useState } from "react";

import { PUSH, useAddress } from "./address";
import { FormModal } from "./FormModal";
import { Icon } from "./Icon";

interface View {
  name: string;
  /** Filters and order, as in the address. */
  search: string;
}

const MOST_VIEWS = 20;

/** Filters and order under a name, in this browser. To share a view, share the address: it has them all. */
export function SavedViews({ storageKey }: { storageKey: string }) {
  const [views, setViews] = useLocalStorage<View[]>({ key: storageKey, defaultValue: [], getInitialValueInEffect: false });
  const [isAsking, asking] = useDisclosure(false);
  const { parameters, replaceAll } = useAddress();
  const save = (name: string) => {
    setViews([...views.filter((view) => view.name !== name), { name, search: parameters.toString() }].slice(-MOST_VIEWS));
    asking.close();
  };
  return (
    <>
      <Menu position="bottom-end" hideDetached={false}>
        <Menu.Target>
          <Button variant="default" size="compact-sm" rightSection={<Icon name="chevronDown" size={14} />}>
            Views
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.map(({ name, search }) => (
            <Menu.Item key={name} onClick={() => replaceAll(search, PUSH)}>
              {name}
            </Menu.Item>
          ))}
          {views.length > 0 && <Menu.Divider />}
          <Menu.Item leftSection={<Icon name="plus" size={15} />} onClick={asking.open}>
            Save this view, or remove one
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <FormModal opened={isAsking} onClose={asking.close} title="Saved views">
        <NameForm onSave={save} />
        <Stack gap={4} mt="md">
          {views.map(({ name }) => (
            <Group key={name} justify="space-between">
              {name}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Remove ${name}`}
                onClick={() => setViews(views.filter((view) => view.name !== name))}
              >
                <Icon name="trash" size={15} />
              </ActionIcon>
            </Group>
          ))}
        </Stack>
      </FormModal>
    </>
  );
}

function NameForm({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onSave(name.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Saves the current filters and order in this browser. A view with the same name is replaced."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button type="submit" disabled={name.trim() === ""}>
            Save view
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
