import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";

import { newQueryClient } from "./api/queryClient";
import { App } from "./app/App";
import { AppRoutes } from "./app/routes";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <App queryClient={newQueryClient()}>
        <AppRoutes />
      </App>
    </BrowserRouter>
  </StrictMode>,
);
