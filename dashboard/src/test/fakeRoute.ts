/** What routes of the fake API are made of. */

import type { Schemas } from "../api/client";
import type { Permission } from "../api/permissions";
import { type Call, type FakeApi, problem } from "./fakeApi";

export interface RoutedCall extends Call {
  parameters: string[];
  key: Schemas["ApiKeyView"];
}

export interface FakeRoute {
  method: string;
  path: RegExp;
  permission: Permission;
  answer: (api: FakeApi, call: RoutedCall) => Response;
}

export type Answer = FakeRoute["answer"];

export function route(method: string, path: string, permission: Permission, answer: Answer): FakeRoute {
  return { method, path: new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`), permission, answer };
}

/** A page of `rows`, with a cursor that is the position to continue from. */
export function paged(rows: readonly unknown[], query: URLSearchParams, about: object = {}): Response {
  const size = Number(query.get("per_page") ?? 50);
  const start = Number(query.get("cursor") ?? 0);
  const end = start + size;
  return Response.json({ data: rows.slice(start, end), next_cursor: end < rows.length ? String(end) : null, per_page: size, ...about });
}

/** Rows of which each named field equals the parameter of the same name, where that is given. */
export function matching<Row>(rows: Row[], query: URLSearchParams, names: readonly (keyof Row & string)[]): Row[] {
  return rows.filter((row) => names.every((name) => !query.has(name) || row[name] === query.get(name)));
}

export function found<Row extends { id: string }>(rows: Row[], id: string | undefined, answer: (row: Row) => Response): Response {
  const row = rows.find((one) => one.id === id);
  return row === undefined ? problem(404, "There is no such record.") : answer(row);
}
