import "@testing-library/jest-dom/vitest";

import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import { forgetActs } from "../api/polling";
import { endSession, forgetReason } from "../api/sessionEnd";
import { installBrowserGaps } from "./browserGaps";
import { listenForComplaints, stopListening, takeComplaints } from "./complaints";
import { api, server } from "./server";

installBrowserGaps();
// On a busy machine a page takes seconds to render in jsdom.
configure({ asyncUtilTimeout: 15_000 });

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
  listenForComplaints();
});
beforeEach(() => {
  api.reset();
  sessionStorage.clear();
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  // Modules are shared by tests: what still comes from this one must not end the next one's session.
  endSession();
  forgetReason();
  forgetActs();
  notifications.clean();
  server.resetHandlers();
  expect(takeComplaints()).toEqual([]);
});
afterAll(() => {
  stopListening();
  server.close();
});
