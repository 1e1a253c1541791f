import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import { currentConnection, subscribeToConnection } from "../api/connection";

export function useConnection() {
  return useSyncExternalStore(subscribeToConnection, currentConnection);
}

/** Whether this device has a network at all. */
export function useIsOnline(): boolean {
  return useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
}
