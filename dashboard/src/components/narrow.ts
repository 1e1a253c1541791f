import { useMediaQuery } from "@mantine/hooks";

/** Under 700 px, where a table has room for one column. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 699px)", false, { getInitialValueInEffect: false });
}

/** Under 1,400 px, beside the navigation, where a table has no room for what is seldom asked. */
export function useIsCramped(): boolean {
  return useMediaQuery("(max-width: 1399px)", false, { getInitialValueInEffect: false });
}
