import { useChannels } from "../../api/channels";
import { channelStateOf, inShort, stateInWords } from "../../components/words/channelState";
import classes from "./Channels.module.css";

/** A channel that a rule names, marked if no alert gets through it. */
export function NamedChannel({ id }: { id: string }) {
  const { data } = useChannels();
  const channel = data?.find((one) => one.id === id);
  if (data === undefined) return <b>{id}</b>;
  if (channel === undefined) return <Marked id={id} tone="bad" why="does not exist" />;
  if (channelStateOf(channel) === "working") return <b>{id}</b>;
  return <Marked id={id} tone={stateInWords(channel).tone} why={inShort(channel) ?? ""} />;
}

function Marked({ id, tone, why }: { id: string; tone: string; why: string }) {
  return (
    <span className={classes.named} data-tone={tone}>
      {id} ({why})
    </span>
  );
}
