import { type ComponentType, lazy } from "react";

export class PageLoadError extends Error {
  override readonly name = "PageLoadError";

  constructor(cause: unknown) {
    super("Its code could not be loaded: the connection failed, or the dashboard was updated.", { cause });
  }
}

/** A page whose code is loaded when it is opened. Browsers remember that a module could not be loaded, as React does:
 *  only a new document asks again. */
export function lazyPage(load: () => Promise<{ default: ComponentType }>) {
  return lazy(() =>
    load().catch((error: unknown) => {
      throw new PageLoadError(error);
    }),
  );
}
