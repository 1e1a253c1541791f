import { useState } from "react";

import { useAddress } from "./address";

/**
 * Which record's drawer is open stands in the address: links lead to it, and the browser's Back closes it. `shownId`: the record in the
 * drawer, while it closes still the one that was open.
 */
export function useShownRow() {
  const { parameters, set } = useAddress();
  const openId = parameters.get("open");
  const [shownId, setShownId] = useState(openId);
  if (openId !== null && openId !== shownId) setShownId(openId);
  return { isOpen: openId !== null, shownId: openId ?? shownId, close: () => set({ open: null }) };
}
