import { Alert } from "@mantine/core";
import { useLocation } from "react-router";

import { faultIn, SIGN_IN_PATH } from "./faults";

/** Why the sign-in with a provider failed, after its redirect. */
export function Fault() {
  const { pathname, search } = useLocation();
  const text = pathname === SIGN_IN_PATH ? faultIn(search) : null;
  if (text === null) return null;
  return (
    <Alert color="red" role="alert">
      {text}
    </Alert>
  );
}
