import { useLocalStorage } from "@mantine/hooks";

export type Density = "comfortable" | "compact";

/** How tall rows are: kept in this browser, for all its tabs. Compact rows are 25 on a screen of 1920x1080. */
export function useDensity() {
  const [stored, setStored] = useLocalStorage({ key: "certctl.density", defaultValue: "compact", getInitialValueInEffect: false });
  const density: Density = stored === "comfortable" ? "comfortable" : "compact";
  return { density, setDensity: (wanted: Density) => setStored(wanted) };
}
