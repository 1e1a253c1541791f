import { useSearchParams } from "react-router";

/** A form or dialog whose being open stands in the address (`?new=1`): links and the search palette can open it. */
export function useAddressFlag(name: "new" | "enrol" | "requeue") {
  const [parameters, setParameters] = useSearchParams();
  const setOpen = (isOpen: boolean) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (isOpen) after.set(name, "1");
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  return { isOpen: parameters.has(name), open: () => setOpen(true), close: () => setOpen(false) };
}
