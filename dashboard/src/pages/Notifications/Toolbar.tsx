import { Button, Checkbox, Group, SegmentedControl } from "@mantine/core";
import { useState } from "react";

import { Can } from "../../components/session";
import { useAddress } from "../../components/address";
import { Icon } from "../../components/Icon";
import classes from "./Notifications.module.css";
import { RequeueByChannel } from "./RequeueByChannel";
import { RequeueSelected } from "./RequeueSelected";
import type { Selection } from "./selection";
import type { View } from "./views";

const VIEWS: { value: View; label: string }[] = [
  { value: "grouped", label: "By certificate" },
  { value: "channel", label: "By channel" },
  { value: "cause", label: "By cause" },
  { value: "list", label: "List" },
];

interface ToolbarProps {
  selection: Selection;
  /** The channel that the page is filtered by. */
  channel: string | null;
  view: View;
  onView: (view: string) => void;
}

export function Toolbar({ selection, channel, view, onView }: ToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <SegmentedControl size="xs" aria-label="View" data={VIEWS} value={view} onChange={onView} />
      <Can permission="notifications:write">
        <Requeueing selection={selection} channel={channel} />
      </Can>
    </div>
  );
}

function Requeueing({ selection, channel }: { selection: Selection; channel: string | null }) {
  const [isSelectedOpen, setSelectedOpen] = useState(false);
  const byChannel = useAddress().flag("requeue");
  const chosen = selection.ids.length;
  return (
    <Group gap="xs">
      <SelectAll selection={selection} />
      <Button
        size="xs"
        variant="default"
        disabled={chosen === 0}
        className={chosen === 0 ? (classes.idle ?? "") : ""}
        onClick={() => setSelectedOpen(true)}
      >
        {chosen > 0 ? `Requeue selected (${chosen.toLocaleString("en")})` : "Requeue selected"}
      </Button>
      <Button size="xs" variant="default" leftSection={<Icon name="replay" size={14} />} onClick={byChannel.open}>
        Requeue by channel
      </Button>
      {byChannel.isOpen && <RequeueByChannel onClose={byChannel.close} initial={channel} />}
      {isSelectedOpen && <RequeueSelected ids={selection.ids} channels={selection.channels} onClose={() => setSelectedOpen(false)} />}
    </Group>
  );
}

function SelectAll({ selection }: { selection: Selection }) {
  const { ids, selectable, toggleAll } = selection;
  const isAll = selectable > 0 && ids.length === selectable;
  return (
    <Checkbox
      size="xs"
      label="Select all loaded"
      checked={isAll}
      indeterminate={ids.length > 0 && !isAll}
      disabled={selectable === 0}
      onChange={toggleAll}
    />
  );
}
