import { useCallback } from "react";

const FIELDS = ["input:not([type=hidden])", "textarea", "select"];
const FIELD = FIELDS.map((each) => `${each}:not(:disabled)`).join(", ");
const WANTED = "[data-autofocus]";

/** Puts the focus into the first field of a dialog's content, of a form that is still being read as soon as it is there. Fields that
 *  say `data-autofocus` come before it; without any field the dialog's own rule holds. */
export function useFirstField() {
  return useCallback((content: HTMLElement | null) => {
    if (content === null) return undefined;
    const field = firstOf(content);
    if (field === null) return whenRead(content);
    // Mantine's trap takes the first element that has it.
    field.dataset.autofocus = "true";
    return undefined;
  }, []);
}

function firstOf(content: HTMLElement): HTMLElement | null {
  const fields = [...content.querySelectorAll<HTMLElement>(FIELD)];
  return fields.find((field) => field.matches(WANTED)) ?? fields.at(0) ?? null;
}

/** Returns what stops the wait. A reader who has chosen an element of the content keeps it. */
function whenRead(content: HTMLElement): () => void {
  const observer = new MutationObserver(() => {
    const field = firstOf(content);
    if (field === null) return;
    observer.disconnect();
    if (!content.contains(document.activeElement)) field.focus({ preventScroll: true });
  });
  observer.observe(content, { childList: true, subtree: true });
  return () => observer.disconnect();
}
