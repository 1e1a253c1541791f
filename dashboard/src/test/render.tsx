import { render, type RenderResult } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { BrowserRouter } from "react-router";

import { newQueryClient } from "../api/queryClient";
import { App } from "../app/App";
import { AppRoutes } from "../app/routes";
import { ADMIN_KEY } from "./fakeApi";
import { sessionOfPerson } from "./fakeRoutes";
import { api } from "./server";

interface Rendered extends RenderResult {
  user: UserEvent;
}

/** As in production, but that a transient failure is tried again after a millisecond and not after seconds. */
function impatientQueryClient() {
  const client = newQueryClient();
  const { queries } = client.getDefaultOptions();
  client.setDefaultOptions({ queries: { ...queries, retryDelay: 1 } });
  return client;
}

/** The whole dashboard at `path`, without a session. */
export function renderSignedOut(path = "/"): Rendered {
  const user = userEvent.setup();
  window.history.pushState(null, "", path);
  const result = render(
    <BrowserRouter>
      <App queryClient={impatientQueryClient()}>
        <AppRoutes />
      </App>
    </BrowserRouter>,
  );
  return { user, ...result };
}

/** The whole dashboard at `path`, signed in; `api.actAs(role)` before it chooses the role. */
export function renderAt(path: string): Rendered {
  api.sessionKey = ADMIN_KEY;
  return renderSignedOut(path);
}

/** The whole dashboard at `path` for a person who signed in with a provider. */
export function renderForPerson(path: string, role: Parameters<typeof sessionOfPerson>[0] = "admin"): Rendered {
  api.session = sessionOfPerson(role);
  return renderSignedOut(path);
}
