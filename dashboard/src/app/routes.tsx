import { Route, Routes } from "react-router";

import { NotAllowed } from "./NotAllowed";
import { NotFound } from "./NotFound";
import { type PageDefinition, PAGES } from "./pages";
import { useCan } from "./session";
import { Shell } from "./Shell";

/** A page that this role cannot read says so, also after a link to it. */
function Guarded({ page }: { page: PageDefinition }) {
  return useCan(page.permission) ? <page.Component /> : <NotAllowed title={page.title} />;
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<Shell />}>
        {PAGES.map((page) => (
          <Route key={page.path} path={`/${page.path}`} element={<Guarded page={page} />} />
        ))}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
