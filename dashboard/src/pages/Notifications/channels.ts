import { useChannels } from "../../api/channels";
import { counted } from "../../components/words/count";
import { atLeast, countOf, useGroups } from "./groups";

interface ChannelOption {
  value: string;
  label: string;
}

/** Kinds first, then single channels: the API takes both. */
export function useChannelOptions(): ChannelOption[] {
  const { data = [] } = useChannels();
  const kinds = [...new Set(data.map(({ kind }) => kind))].sort();
  const all = kinds.map((kind) => ({ value: kind, label: `All of ${kind}` }));
  return [...all, ...data.map(({ id }) => ({ value: id, label: id }))];
}

/** Channels with dead letters, and how many each has; `chosen` also without any. All channels until the dead letters are
 *  counted, or if they are too many to count. */
export function useDeadChannelOptions(chosen: string | null): ChannelOption[] {
  const options = useChannelOptions();
  const { data: groups } = useGroups("dead");
  if (groups === undefined) return options;
  const { data, complete } = groups;
  const isOffered = (value: string) => !complete || value === chosen || countOf(data, value) > 0;
  const words = (value: string) => `${atLeast(complete)}${counted(countOf(data, value), "dead letters")}`;
  return options.filter(({ value }) => isOffered(value)).map(({ value, label }) => ({ value, label: `${label}: ${words(value)}` }));
}
