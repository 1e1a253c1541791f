import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { type Draft, requestProblems, STEPS } from "./draft";

/** The step is part of the address, so that the browser's Back is the form's. A step whose predecessors are not filled in is not
 *  shown: the first of those is. */
export function useStep(draft: Draft) {
  const { key, search, state } = useLocation();
  const navigate = useNavigate();
  // The router's change is a transition: until it is there, the form is ahead of the address.
  const [ahead, setAhead] = useState<number | null>(null);
  useEffect(() => setAhead(null), [key]);
  const inAddress = STEPS.findIndex((label) => label.toLowerCase() === new URLSearchParams(search).get("step"));
  const step = Math.min(ahead ?? Math.max(inAddress, 0), reachable(draft));
  const go = (to: number) => {
    setAhead(to);
    const isOneBack = to === step - 1 && (state as { isStep?: boolean } | null)?.isStep === true;
    if (isOneBack) void navigate(-1);
    else void navigate({ search: to === 0 ? "" : `?step=${(STEPS[to] ?? "").toLowerCase()}` }, { state: { isStep: to > 0 } });
  };
  return { step, go };
}

function reachable(draft: Draft): number {
  if (Object.keys(requestProblems(draft)).length > 0) return 0;
  return draft.common_name.trim() === "" ? 1 : 2;
}
