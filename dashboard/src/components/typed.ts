/** Text that takes effect when typing pauses, or before the address is changed otherwise. */

import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

const TYPING_MS = 300;

/** One for each field on the page. */
const fields = new Set<() => void>();

/** What was typed and has not taken effect does so now. */
export function applyTyped(): void {
  for (const flush of fields) flush();
}

/** The text of a field whose value is kept elsewhere. A value that changes by other means (cleared, or the way back) wins
 *  over what was typed; the field's own, which comes back later, does not. */
export function useTyped(value: string, apply: (text: string) => void) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [sent, setSent] = useState(value);
  const applySoon = useDebouncedCallback((wanted: string) => {
    setSent(wanted);
    apply(wanted);
  }, TYPING_MS);
  useEffect(() => {
    const flush = () => applySoon.flush();
    fields.add(flush);
    return () => void fields.delete(flush);
  }, [applySoon]);
  if (value !== seen) {
    setSeen(value);
    if (value !== sent) {
      setSent(value);
      setText(value);
    }
  }
  const type = (wanted: string) => {
    setText(wanted);
    applySoon(wanted.trim());
  };
  return { text, type };
}
