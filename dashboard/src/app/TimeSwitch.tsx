import { lazy, Suspense, useState } from "react";

import { loadedPart } from "../components/lazyPage";
import { TimeButton } from "./TimeButton";

const TimeChoices = lazy(() => loadedPart(import("./TimeChoices")));

/** Which times the reader wants; without it nobody on a touch screen sees what is in a title. */
export function TimeSwitch() {
  const [isWanted, want] = useState(false);
  if (!isWanted) return <TimeButton aria-haspopup="dialog" onClick={() => want(true)} />;
  return (
    <Suspense fallback={<TimeButton aria-haspopup="dialog" />}>
      <TimeChoices />
    </Suspense>
  );
}
