import { ActionIcon, MultiSelect } from "@mantine/core";

import { useChannels } from "../../api/channels";
import { Icon } from "../../components/Icon";
import classes from "./Channels.module.css";
import type { DraftRoute } from "./ruleDraft";
import { SEVERITIES, TYPES } from "./words";

interface RouteFieldsProps {
  route: DraftRoute;
  /** From 1. */
  number: number;
  count: number;
  problem: string | undefined;
  onChange: (route: DraftRoute) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

const MOST_CHANNELS = 20;

export function RouteFields({ route, number, count, problem, onChange, onMove, onRemove }: RouteFieldsProps) {
  const channels = useChannelIds(route.channels);
  return (
    <fieldset className={classes.route} aria-label={`Route ${number}`}>
      <div className={classes.routeTools}>
        <Tool label={`Move route ${number} up`} icon="chevronUp" isOff={number === 1} onClick={() => onMove(-1)} />
        <Tool label={`Move route ${number} down`} icon="chevronDown" isOff={number === count} onClick={() => onMove(1)} />
        <Tool label={`Remove route ${number}`} icon="trash" isOff={count === 1} onClick={onRemove} />
      </div>
      <MultiSelect
        label="To the channels"
        value={route.channels}
        onChange={(chosen) => onChange({ ...route, channels: chosen })}
        data={channels}
        maxValues={MOST_CHANNELS}
        error={problem}
        searchable
        required
      />
      <div className={classes.two}>
        <MultiSelect
          label="Severities"
          placeholder={route.severities.length === 0 ? "All" : ""}
          value={route.severities}
          onChange={(chosen) => onChange({ ...route, severities: chosen })}
          data={SEVERITIES}
        />
        <MultiSelect
          label="Types"
          placeholder={route.types.length === 0 ? "All" : ""}
          value={route.types}
          onChange={(chosen) => onChange({ ...route, types: chosen })}
          data={TYPES}
        />
      </div>
    </fieldset>
  );
}

/** Those that there are, and those that the rule names. */
function useChannelIds(named: readonly string[]): string[] {
  const { data = [] } = useChannels();
  return [...new Set([...data.map((channel) => channel.id), ...named])];
}

interface ToolProps {
  label: string;
  icon: "chevronUp" | "chevronDown" | "trash";
  isOff: boolean;
  onClick: () => void;
}

function Tool({ label, icon, isOff, onClick }: ToolProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} disabled={isOff} onClick={onClick}>
      <Icon name={icon} size={15} />
    </ActionIcon>
  );
}
