import { useMantineColorScheme } from "@mantine/core";
import { useMemo } from "react";

import { useSession } from "../session";
import { setShortcutsOn, useShortcutsOn } from "../shortcuts/preference";
import type { Item } from "./items";

/** What the shell itself does, for the palette. */
export function useShellActions(showShortcuts: () => void): readonly Item[] {
  const { setColorScheme } = useMantineColorScheme();
  const { signOut } = useSession();
  const areShortcutsOn = useShortcutsOn();
  return useMemo(() => {
    const action = (id: string, title: string, icon: Item["icon"], goal: () => void, words = ""): Item => ({ id, kind: "Action", title, icon, goal, words });
    return [
      action("light", "Light colours", "sun", () => setColorScheme("light"), "colour scheme theme bright"),
      action("dark", "Dark colours", "moon", () => setColorScheme("dark"), "colour scheme theme night"),
      action("auto", "Colours as the system", "system", () => setColorScheme("auto"), "colour scheme theme"),
      action("shortcuts", "Keyboard shortcuts", "keyboard", showShortcuts, "help keys"),
      action("keys", areShortcutsOn ? "Switch shortcut keys off" : "Switch shortcut keys on", "keyboard", () => setShortcutsOn(!areShortcutsOn)),
      action("sign-out", "Sign out", "signOut", signOut, "log out leave"),
    ];
  }, [setColorScheme, signOut, showShortcuts, areShortcutsOn]);
}
