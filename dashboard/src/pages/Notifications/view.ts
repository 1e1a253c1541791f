import { useSearchParams } from "react-router";

/** Grouped by certificate, by channel or by cause, or not at all. */
export const VIEWS = ["grouped", "channel", "cause", "list"] as const;
export type View = (typeof VIEWS)[number];

/** In the address. */
export function useView() {
  const [parameters, setParameters] = useSearchParams();
  const view: View = VIEWS.find((name) => name === parameters.get("view")) ?? "grouped";
  const setView = (wanted: string) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        after.set("view", wanted);
        return after;
      },
      { replace: true },
    );
  return { view, setView };
}
