import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { type Channel, useChannels } from "../api/channels";
import classes from "./ChannelTrouble.module.css";
import { Time } from "./Time";
import { channelStateOf, inShort, REQUEUE_AT, stateInWords, troubleTimes } from "./words/channelState";

/** By id; those that are unknown are left out. */
export function useChannel(id: string): Channel | undefined {
  return useChannels().data?.find((channel) => channel.id === id);
}

/** Those of the ids whose channel does not work now. */
export function useTroubled(ids: readonly string[]): Channel[] {
  const { data = [] } = useChannels();
  return data.filter((channel) => ids.includes(channel.id) && channelStateOf(channel) !== "working");
}

/** "breaker open since 3 days ago". */
export function StateAndTime({ channel }: { channel: Channel }) {
  const { since, until } = troubleTimes(channel);
  return (
    <>
      {inShort(channel)}
      {since !== null && (
        <>
          {" "}
          since <Time at={since} />
        </>
      )}
      {until !== null && (
        <>
          {" "}
          until <Time at={until} />
        </>
      )}
    </>
  );
}

/** What an alert waits for: "Waits for ops-slack: breaker open since 3 days ago". Nothing while the channel works. */
export function WaitsFor({ channelId }: { channelId: string }) {
  const channel = useChannel(channelId);
  if (channel === undefined || channelStateOf(channel) === "working") return null;
  return (
    <>
      Waits for {channelId}: <StateAndTime channel={channel} />
    </>
  );
}

/** Before a requeue: which of its channels do not work, and what that means. */
export function RequeueWarnings({ channels }: { channels: readonly Channel[] }) {
  return channels.map((channel) => {
    const name = channelStateOf(channel);
    if (name === "working") return null;
    return (
      <div key={channel.id} role="note" className={classes.warning} data-tone={stateInWords(channel).tone === "bad" ? "bad" : "warn"}>
        <Anchor component={Link} to="/channels" inherit>
          {channel.id}
        </Anchor>{" "}
        does not work: <StateAndTime channel={channel} />. {REQUEUE_AT[name]}
      </div>
    );
  });
}
