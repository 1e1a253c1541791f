import { useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { useAddress } from "../../components/address";
import { type Draft, requestProblems, STEPS } from "./draft";

/** What the history holds of a step that the form itself went to. */
interface StepState {
  isStep: boolean;
}

/** The step is part of the address, so that the browser's Back is the form's. A step whose predecessors are not filled in is not
 *  shown: the first of those is. */
export function useStep(draft: Draft) {
  const location = useLocation();
  const { key } = location;
  const { parameters, replaceAll } = useAddress();
  const state = location.state as StepState | null;
  const navigate = useNavigate();
  // The router's change is a transition: until it is there, the form is ahead of the address.
  const [ahead, setAhead] = useState<{ of: string; step: number } | null>(null);
  const inAddress = STEPS.findIndex((label) => label.toLowerCase() === parameters.get("step"));
  const step = Math.min(ahead?.of === key ? ahead.step : Math.max(inAddress, 0), reachable(draft));
  const go = (to: number) => {
    setAhead({ of: key, step: to });
    const isOneBack = to === step - 1 && state?.isStep === true;
    if (isOneBack) void navigate(-1);
    else replaceAll(to === 0 ? {} : { step: (STEPS[to] ?? "").toLowerCase() }, { state: { isStep: to > 0 } });
  };
  return { step, go };
}

function reachable(draft: Draft): number {
  if (Object.keys(requestProblems(draft)).length > 0) return 0;
  return draft.common_name.trim() === "" ? 1 : 2;
}
