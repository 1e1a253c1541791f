import { useMediaQuery } from "@mantine/hooks";

/** Under 700 px, where a table has room for one column. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 699px)", false, { getInitialValueInEffect: false });
}
