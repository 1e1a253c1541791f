import { useAddress } from "../../components/address";

/** Grouped by certificate, by channel or by cause, or not at all. */
export const VIEWS = ["grouped", "channel", "cause", "list"] as const;
export type View = (typeof VIEWS)[number];

/** In the address. */
export function useView() {
  const { parameters, change } = useAddress();
  const view: View = VIEWS.find((name) => name === parameters.get("view")) ?? "grouped";
  const setView = (wanted: string) => change((after) => after.set("view", wanted));
  return { view, setView };
}
