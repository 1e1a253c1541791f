import { useEffect, useRef, useState } from "react";

export interface Dialog<Name extends string> {
  open: Name | null;
  /** A button's `onClick` that opens this dialog. */
  opens: (name: Name) => (event: { currentTarget: HTMLElement }) => void;
  close: () => void;
}

/** Which of several dialogs is open. Closing it returns the focus to the button that opened it (WCAG 2.4.3), or to the page's
 *  heading once that button is gone. Mantine's own return needs a dialog that is mounted before it opens; these are not, so that
 *  each opens with an empty form. */
export function useDialog<Name extends string>(): Dialog<Name> {
  const [open, setOpen] = useState<Name | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const returnedTo = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (open !== null) return;
    if (opener.current !== null) {
      returnedTo.current = opener.current;
      opener.current.focus({ preventScroll: true });
      opener.current = null;
    }
    // What the action changed is read a moment later, and may take the button away with the focus on it.
    if (returnedTo.current?.isConnected === false) {
      returnedTo.current = null;
      if (document.activeElement === document.body) heading()?.focus({ preventScroll: true });
    }
  });
  const opens = (name: Name) => (event: { currentTarget: HTMLElement }) => {
    opener.current = event.currentTarget;
    setOpen(name);
  };
  return { open, opens, close: () => setOpen(null) };
}

function heading(): HTMLElement | null {
  return document.querySelector("h1");
}
