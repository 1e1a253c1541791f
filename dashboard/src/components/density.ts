import { useLocalStorage } from "@mantine/hooks";

export type Density = "comfortable" | "compact";

/** How tall rows are: kept in this browser, for all its tabs. */
export function useDensity() {
  const [stored, setStored] = useLocalStorage({ key: "certctl.density", defaultValue: "comfortable", getInitialValueInEffect: false });
  const density: Density = stored === "compact" ? "compact" : "comfortable";
  return { density, setDensity: (wanted: Density) => setStored(wanted) };
}
