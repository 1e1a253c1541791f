/** Grouped by certificate, by channel or by cause, or not at all. */
export const VIEWS = ["grouped", "channel", "cause", "list"] as const;
export type View = (typeof VIEWS)[number];

export function viewIn(parameters: URLSearchParams): View {
  return VIEWS.find((name) => name === parameters.get("view")) ?? "grouped";
}
