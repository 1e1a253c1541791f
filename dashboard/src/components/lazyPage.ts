import { type ComponentType, lazy } from "react";

export class PageLoadError extends Error {
  override readonly name = "PageLoadError";

  constructor(cause: unknown) {
    super("Its code could not be loaded: the connection failed, or the dashboard was updated.", { cause });
  }
}

/** Browsers remember that a module could not be loaded, as React does: only a new document asks again. */
export function loadedPart<Module>(module: Promise<Module>): Promise<Module> {
  return module.catch((error: unknown) => {
    throw new PageLoadError(error);
  });
}

/** A page whose code is loaded when it is opened. */
export function lazyPage(load: () => Promise<{ default: ComponentType }>) {
  return lazy(() => loadedPart(load()));
}
