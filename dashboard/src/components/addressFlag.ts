import { setOrDelete, useAddress } from "./address";

/** A form or dialog whose being open stands in the address (`?new=1`): links and the search palette can open it. */
export function useAddressFlag(name: "new" | "enrol" | "requeue") {
  const { parameters, change } = useAddress();
  const setOpen = (isOpen: boolean) => change((after) => setOrDelete(after, name, isOpen ? "1" : null));
  return { isOpen: parameters.has(name), open: () => setOpen(true), close: () => setOpen(false) };
}
