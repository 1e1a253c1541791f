import { type RefObject, useLayoutEffect, useRef } from "react";

/** The part of the page that holds the rows. */
export const ROWS_ID = "notification-rows";

function fallbackFor(element: HTMLElement): HTMLElement | null {
  return element.closest<HTMLElement>("[role=dialog]") ?? document.getElementById(ROWS_ID);
}

/** For a button that goes away by its own action: the focus goes to what held it, and not to the top of the page. */
export function useFocusRows(): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const element = button.current;
    return () => {
      if (element !== null && document.activeElement === element) fallbackFor(element)?.focus({ preventScroll: true });
    };
  }, []);
  return button;
}
