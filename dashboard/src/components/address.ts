/** The search of the address: what a page reads from it, and how it changes it. */

import { useCallback, useMemo } from "react";
import { type NavigateOptions, useLocation, useNavigate } from "react-router";

import { applyTyped } from "./typed";

type AddressEdit = (parameters: URLSearchParams) => void;

const REPLACE: NavigateOptions = { replace: true };

/** `parameters` are those that are shown. `change` starts from those of the address bar, which are ahead of them while a
 *  render is pending: two changes in quick succession both hold. Nothing is changed once another page is on its way. */
export function useAddress() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback(
    (edit: AddressEdit, options = REPLACE) => {
      const search = searchNow();
      if (window.location.pathname === pathname) void navigate(`?${edited(search, edit)}`, options);
    },
    [navigate, pathname],
  );
  return { parameters, change };
}

/** Of the address bar, with what was typed until now. */
export function searchNow(): string {
  applyTyped();
  return window.location.search;
}

/** Every parameter but those that `edit` changes. */
export function edited(search: string | URLSearchParams, edit: AddressEdit): string {
  const parameters = new URLSearchParams(search);
  edit(parameters);
  return parameters.toString();
}

/** Nothing of what was in the address stays. */
export function replaceAll(parameters: URLSearchParams, by: string | Record<string, string>): void {
  for (const name of [...parameters.keys()]) parameters.delete(name);
  for (const [name, value] of new URLSearchParams(by)) parameters.append(name, value);
}

/** Sets it, or takes it away when there is no value. */
export function setOrDelete(parameters: URLSearchParams, name: string, value: string | null | undefined): void {
  if (value) parameters.set(name, value);
  else parameters.delete(name);
}
