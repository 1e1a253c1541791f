import { useState } from "react";
import { useSearchParams } from "react-router";

const NAME = "open";

/** Which record's drawer is open stands in the address: it can be linked to, and the way back closes it. */
export function useOpenRow() {
  const [parameters, setParameters] = useSearchParams();
  const linkTo = (id: string) => {
    const after = new URLSearchParams(parameters);
    after.set(NAME, id);
    return `?${after.toString()}`;
  };
  const close = () =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete(NAME);
        return after;
      },
      { replace: true },
    );
  const show = (id: string) => setParameters((before) => new URLSearchParams([...before].filter(([name]) => name !== NAME).concat([[NAME, id]])));
  return { openId: parameters.get(NAME), linkTo, show, close };
}

/** Whose content the drawer shows: while it closes, still that of the one that was open. */
export function useShownRow() {
  const { openId, close } = useOpenRow();
  const [shownId, setShownId] = useState(openId);
  if (openId !== null && openId !== shownId) setShownId(openId);
  return { isOpen: openId !== null, shownId: openId ?? shownId, close };
}
