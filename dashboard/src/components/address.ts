/** The search of the address: what a page reads from it, and the one way to change it. */

import { useCallback, useMemo } from "react";
import { type NavigateOptions, useLocation, useNavigate } from "react-router";

import { applyTyped } from "./typed";

/** New values by parameter; null or an empty text takes the parameter away. */
type AddressChanges = Readonly<Record<string, string | null>>;

const REPLACE: NavigateOptions = { replace: true };
/** The change is a step of its own in the browser's history. */
export const PUSH: NavigateOptions = {};

/**
 * `parameters` are those that are shown. Changes start from those of the address bar, which are ahead of them while a
 * render is pending: two changes in quick succession both hold. Nothing is changed once another page is on its way.
 */
export function useAddress() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const show = useCallback(
    (parameters: URLSearchParams, options: NavigateOptions) => {
      if (window.location.pathname === pathname) void navigate(`?${parameters}`, options);
    },
    [navigate, pathname],
  );
  /** The other parameters stay. */
  const set = useCallback((changes: AddressChanges, options = REPLACE) => show(withChanges(searchNow(), changes), options), [show]);
  /** Nothing else stays in the address. */
  const replaceAll = useCallback(
    (by: string | Record<string, string>, options = REPLACE) => {
      applyTyped();
      show(new URLSearchParams(by), options);
    },
    [show],
  );
  /** A form or dialog that is open while the address has the parameter (`?new=1`): links and the search palette can open it. */
  const flag = (name: "new" | "enrol" | "requeue" | "compromised") => ({
    isOpen: parameters.has(name),
    open: () => set({ [name]: "1" }),
    close: () => set({ [name]: null }),
  });
  return { parameters, set, replaceAll, flag };
}

/** The search of the address bar, with the text that was typed until now. */
export function searchNow(): string {
  applyTyped();
  return window.location.search;
}

export function withChanges(search: string | URLSearchParams, changes: AddressChanges): URLSearchParams {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  return parameters;
}
