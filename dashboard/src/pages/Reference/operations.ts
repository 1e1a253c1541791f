import type { ApiDocument, Operation } from "../../api/reference";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

export interface Route {
  method: string;
  path: string;
  operation: Operation;
}

export interface Group {
  name: string;
  description: string;
  routes: readonly Route[];
}

function routesOf({ paths }: ApiDocument): Route[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
    }),
  );
}

/** Whether every word is somewhere in the route. */
function matches({ method, path, operation }: Route, words: readonly string[]): boolean {
  const text = [method, path, operation.operationId, operation.summary, operation.description].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The routes that `typed` finds, by their tag. */
export function groupsOf(document: ApiDocument, typed: string): Group[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = routesOf(document).filter((route) => matches(route, words));
  return (document.tags ?? [])
    .map(({ name, description = "" }) => ({ name, description, routes: found.filter(({ operation }) => operation.tags?.[0] === name) }))
    .filter(({ routes }) => routes.length > 0);
}
