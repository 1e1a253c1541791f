/** The fake API on the network of the tests. A test adds an answer of its own with `server.use(http.get(...))`. */

import { http } from "msw";
import { setupServer } from "msw/node";

import { FakeApi } from "./fakeApi";

export const api = new FakeApi();

export const server = setupServer(http.all("*/api/v1/*", ({ request }) => api.answer(request)));
