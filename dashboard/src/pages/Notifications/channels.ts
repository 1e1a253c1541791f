import { useChannels } from "../../api/channels";

/** Kinds first, then single channels: the API takes both. */
export function useChannelOptions() {
  const { data = [] } = useChannels();
  const kinds = [...new Set(data.map(({ kind }) => kind))].sort();
  const all: { value: string; label: string }[] = kinds.map((kind) => ({ value: kind, label: `All of ${kind}` }));
  return [...all, ...data.map(({ id }) => ({ value: id, label: id }))];
}
