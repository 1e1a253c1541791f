/** What the search palette lists. */

import type { IconName } from "../../components/Icon";
import type { Tone } from "../../components/StatusBadge";

export interface Item {
  /** Unique among all that is listed, and the same from one search to the next. */
  id: string;
  /** What it is, in one word: "Certificate", "Owner", "Page". */
  kind: string;
  title: string;
  icon: IconName;
  /** What matched, or what tells it from others of its name. */
  detail?: string;
  status?: { word: string; tone?: Tone };
  /** An address within the dashboard, or what happens. */
  goal: string | (() => void);
  /** Other words that find it. */
  words?: string;
}

export interface ItemGroup {
  title: string;
  items: readonly Item[];
}
