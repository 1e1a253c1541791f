import { useSearchParams } from "react-router";

export type View = "grouped" | "list";

/** In the address. */
export function useView() {
  const [parameters, setParameters] = useSearchParams();
  const view: View = parameters.get("view") === "list" ? "list" : "grouped";
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
