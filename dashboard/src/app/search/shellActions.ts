import { useMantineColorScheme } from "@mantine/core";
import { useMemo } from "react";

import { setTimeDisplay, useTimeDisplay } from "../../components/timeDisplay";
import { useSession } from "../../components/session";
import { setShortcutsOn, useShortcutsOn } from "../shortcuts/preference";
import type { Item } from "./items";

/** What the shell itself does, for the palette. */
export function useShellActions(showShortcuts: () => void): readonly Item[] {
  const { setColorScheme } = useMantineColorScheme();
  const { signOut } = useSession();
  const areShortcutsOn = useShortcutsOn();
  const { zone, form } = useTimeDisplay();
  return useMemo(() => {
    const action = (id: string, title: string, icon: Item["icon"], goal: () => void, words = ""): Item => ({
      id,
      kind: "Action",
      title,
      icon,
      goal,
      words,
    });
    return [
      action("light", "Light theme", "sun", () => setColorScheme("light"), "color scheme bright"),
      action("dark", "Dark theme", "moon", () => setColorScheme("dark"), "color scheme night"),
      action("auto", "System theme", "system", () => setColorScheme("auto"), "color scheme"),
      zone === "utc"
        ? action("zone", "Switch to local time", "clock", () => setTimeDisplay({ zone: "local" }), "time zone")
        : action("zone", "Switch to UTC", "clock", () => setTimeDisplay({ zone: "utc" }), "time zone"),
      form === "exact"
        ? action("form", "Relative times in lists", "clock", () => setTimeDisplay({ form: "relative" }), "time display")
        : action("form", "Exact times in lists", "clock", () => setTimeDisplay({ form: "exact" }), "time display"),
      action("shortcuts", "Keyboard shortcuts", "keyboard", showShortcuts, "help keys"),
      action("keys", areShortcutsOn ? "Turn shortcut keys off" : "Turn shortcut keys on", "keyboard", () =>
        setShortcutsOn(!areShortcutsOn),
      ),
      action("sign-out", "Sign out", "signOut", signOut, "log out leave"),
    ];
  }, [setColorScheme, signOut, showShortcuts, areShortcutsOn, zone, form]);
}
