import { Navigate, Route, Routes } from "react-router";

import { NotAllowed } from "./NotAllowed";
import { NotFound } from "./NotFound";
import { type PageDefinition, PAGES } from "./pages";
import { useCan } from "../components/session";
import { Shell } from "./Shell";
import { SIGN_IN_PATH } from "./signIn/faults";

/** A page that this role cannot read says so, also after a link to it. */
function Guarded({ page }: { page: PageDefinition }) {
  return useCan(page.permission) ? <page.Component /> : <NotAllowed page={page} />;
}

export function AppRoutes() {
  return (
    <Routes>
      <Route path={SIGN_IN_PATH} element={<Navigate to="/" replace />} />
      <Route element={<Shell />}>
        {PAGES.map((page) => (
          <Route key={page.path} path={`/${page.path}`} element={<Guarded page={page} />} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
