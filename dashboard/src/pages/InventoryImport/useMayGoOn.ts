import { useEffect, useRef } from "react";

/** False once the page is left. */
export function useMayGoOn() {
  const mayGoOn = useRef(true);
  useEffect(() => {
    mayGoOn.current = true;
    return () => {
      mayGoOn.current = false;
    };
  }, []);
  return mayGoOn;
}
