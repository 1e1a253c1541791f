import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

import { type Channel, useChannels } from "../../api/channels";
import type { NotificationGroup } from "../../api/notifications";
import { channelStateOf } from "../../components/words/channelState";
import { atLeast, countOf, isOf, useGroups } from "./groups";

const SOON_MS = 3_000;

/** Channels that do not work and have dead letters; of one kind or id if `wanted`. */
export function useTroubledDead(wanted: string | null): Channel[] {
  const { data: channels = [] } = useChannels();
  const { data: groups } = useGroups("dead");
  const dead = (groups?.data ?? []).filter((group) => isOf(group, wanted)).map((group) => group.channel_id);
  return channels.filter((channel) => dead.includes(channel.id) && channelStateOf(channel) !== "working");
}

/** After a requeue of a whole channel: how many wait there, and how many are dead, as it is read again and again. */
export function ChannelConsequences({ channel }: { channel: string | null }) {
  const [waiting, dead] = [useGroups("waiting", SOON_MS).data, useGroups("dead", SOON_MS).data];
  if (waiting === undefined || dead === undefined) return null;
  const of = channel === null ? "" : ` of ${channel}`;
  const query = channel === null ? "" : `&channel=${encodeURIComponent(channel)}`;
  return (
    <Text size="sm" component="div" role="status" aria-label="Result">
      Now:{" "}
      <Anchor component={Link} to={`/notifications?status=waiting${query}`} inherit>
        {total(waiting, channel)} waiting{of}
      </Anchor>
      ,{" "}
      <Anchor component={Link} to={`/notifications?tab=dead${query}`} inherit>
        {total(dead, channel)} dead{of}
      </Anchor>
      .
    </Text>
  );
}

function total({ data, complete }: { data: readonly NotificationGroup[]; complete: boolean }, channel: string | null): string {
  return `${atLeast(complete)}${countOf(data, channel).toLocaleString("en")}`;
}
