import { useEffect, useRef } from "react";

/** What a key, or two one after the other ("g c"), does; by `KeyboardEvent.key`, so that layouts do not matter. */
export type Shortcuts = Readonly<Record<string, (() => void) | undefined>>;

const SEQUENCE_MS = 1_500;
const FIRST_KEYS = new Set(["g"]);
const TYPED_INTO = "input, textarea, select, [contenteditable], [role=textbox], [role=combobox], [role=listbox], [role=menu]";

interface ShortcutOptions {
  /** Single keys; can be switched off (WCAG 2.1.4). */
  keys: Shortcuts;
  areKeysOn: boolean;
  /** The keys that also work in a drawer: while one dialog is open. */
  inDrawers: ReadonlySet<string>;
  /** Ctrl or Cmd and K, everywhere but in dialogs. */
  onSearch: () => void;
}

/** Never while something is typed into, nor with a modifier that makes it the browser's. */
export function useShortcuts({ keys, areKeysOn, inDrawers, onSearch }: ShortcutOptions): void {
  const first = useRef<{ key: string; at: number } | null>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const dialogs = document.querySelectorAll("[role=dialog]").length;
      if (isSearch(event)) {
        if (dialogs === 0) run(event, onSearch);
        return;
      }
      if (!areKeysOn || hasModifier(event) || isTypedInto(event.target)) return;
      const sequence = sequenceOf(event, first.current);
      first.current = FIRST_KEYS.has(sequence) ? { key: sequence, at: event.timeStamp } : null;
      if (dialogs > 1 || (dialogs === 1 && !inDrawers.has(sequence))) return;
      const mutation = keys[sequence];
      if (mutation !== undefined) run(event, mutation);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [keys, areKeysOn, inDrawers, onSearch]);
}

function run(event: KeyboardEvent, mutation: () => void): void {
  event.preventDefault();
  mutation();
}

function isSearch({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !shiftKey;
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPED_INTO) !== null;
}

function sequenceOf({ key, timeStamp }: KeyboardEvent, first: { key: string; at: number } | null): string {
  return first !== null && timeStamp - first.at < SEQUENCE_MS ? `${first.key} ${key}` : key;
}
