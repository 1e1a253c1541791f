import { Modal, Stack, Switch, Text } from "@mantine/core";
import { useMounted } from "@mantine/hooks";

import { useSession } from "../../components/session";
import { setShortcutsOn, useShortcutsOn } from "./preference";
import classes from "./ShortcutSheet.module.css";
import { GO_TO } from "./goTo";

type Row = readonly [keys: readonly string[], does: string];

const ANYWHERE: readonly Row[] = [
  [["Ctrl", "K"], "Search (⌘ K on a Mac)"],
  [["/"], "Search"],
  [["n"], "New record of the page's type, or new certificate"],
  [["?"], "Show keyboard shortcuts"],
  [["Esc"], "Close a dialog or a drawer"],
];
const IN_LISTS: readonly Row[] = [
  [["j"], "Next row, also while its drawer is open"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
];

export default function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const isMounted = useMounted();
  const { can } = useSession();
  const isOn = useShortcutsOn();
  const pages = GO_TO.filter(({ permission }) => can(permission)).map(({ key, title }): Row => [["g", key], title]);
  return (
    <Modal opened={opened && isMounted} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <Stack>
        <Switch
          label="Single-key shortcuts"
          description="When off, only Ctrl K works. Single keys never act while you type. Saved in this browser."
          data-autofocus
          checked={isOn}
          onChange={(event) => setShortcutsOn(event.currentTarget.checked)}
        />
        <div className={classes.columns}>
          <Stack>
            <Table title="Anywhere" rows={ANYWHERE} />
            <Table title="In lists" rows={IN_LISTS} />
          </Stack>
          <Table title="Go to" rows={pages} />
        </div>
      </Stack>
    </Modal>
  );
}

function Table({ title, rows }: { title: string; rows: readonly Row[] }) {
  return (
    <section>
      <Text component="h3" size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <dl className={classes.rows}>
        {rows.map(([keys, does]) => (
          <div key={keys.join(" ")} className={classes.row}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={classes.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
