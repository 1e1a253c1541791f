/** How much waits for a person: on the items of the navigation, in the title and on the icon of the browser's tab. */

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { summaryQuery } from "../api/stats";
import { setTitleCount } from "../components/pageTitle";
import { setFaviconCount } from "./favicon";
import { useCan } from "./session";

/** Also while the tab is in the background: from there it calls. Not asked for where a page has read it since. */
const REFRESH_MS = 60_000;
const LEAST_MS = 1_000;

export interface Urgent {
  /** Names the count: "3 dead letters". */
  words: string;
  count: number;
}

/** By the path of the page whose list it counts; nothing is known to keys that may not read the figures. */
export function useUrgent(): Readonly<Record<string, Urgent>> {
  const isAllowed = useCan("stats:read");
  const { data } = useQuery({
    ...summaryQuery,
    enabled: isAllowed,
    refetchIntervalInBackground: true,
    refetchInterval: ({ state }) => Math.max(state.dataUpdatedAt + REFRESH_MS - Date.now(), LEAST_MS),
  });
  return { ...urgent("notifications", data?.notifications_dead, "dead letter"), ...urgent("certificates", data?.expired_certificates, "expired certificate") };
}

function urgent(path: string, count: number | null | undefined, one: string): Record<string, Urgent> {
  if (count === undefined || count === null || count === 0) return {};
  return { [path]: { count, words: `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}` } };
}

/** Keeps the tab's title and icon at the sum. */
export function useTabBadge(): void {
  const total = Object.values(useUrgent()).reduce((sum, { count }) => sum + count, 0);
  useEffect(() => {
    setTitleCount(total);
    setFaviconCount(total);
  }, [total]);
  useEffect(
    () => () => {
      setTitleCount(0);
      setFaviconCount(0);
    },
    [],
  );
}
