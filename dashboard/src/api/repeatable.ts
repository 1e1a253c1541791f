import { useRef } from "react";

import { idempotencyKey } from "./client";
import { ApiError } from "./errors";

/** Sends a body under an Idempotency-Key that stays while no answer came, so that pressing the button again after a
 *  lost answer creates nothing twice; another body, or any answer of the API, is a new key. */
export function useRepeatable<Body, Result>(send: (body: Body, key: string) => Promise<Result>) {
  const open = useRef<{ text: string; key: string } | null>(null);
  return async (body: Body): Promise<Result> => {
    const text = JSON.stringify(body);
    if (open.current?.text !== text) open.current = { text, key: idempotencyKey() };
    try {
      const result = await send(body, open.current.key);
      open.current = null;
      return result;
    } catch (error) {
      if (error instanceof ApiError && !error.isTransient) open.current = null;
      throw error;
    }
  };
}
