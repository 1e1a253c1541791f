import { useState } from "react";

import { useAddress } from "./address";

const NAME = "open";

/** Which record's drawer is open stands in the address: it can be linked to, and the way back closes it. */
export function useOpenRow() {
  const { parameters, change } = useAddress();
  const show = (id: string, options = {}) => change((after) => after.set(NAME, id), options);
  const close = () => change((after) => after.delete(NAME));
  return { openId: parameters.get(NAME), show, close };
}

/** Whose content the drawer shows: while it closes, still that of the one that was open. */
export function useShownRow() {
  const { openId, close } = useOpenRow();
  const [shownId, setShownId] = useState(openId);
  if (openId !== null && openId !== shownId) setShownId(openId);
  return { isOpen: openId !== null, shownId: openId ?? shownId, close };
}
