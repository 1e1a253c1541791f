import { ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense, useEffect, useState } from "react";
import { Outlet, useLocation } from "react-router";

import { ErrorBoundary } from "../components/ErrorBoundary";
import { Icon } from "../components/Icon";
import { loadedPart } from "../components/lazyPage";
import { Loading } from "../components/states";
import { Account } from "./Account";
import { Brand } from "./Brand";
import { Navigation } from "./Navigation";
import { Content, Outage } from "./Outage";
import { Overlays, useOverlays } from "./Overlays";
import { SearchButton, SearchIcon } from "./search/SearchButton";
import classes from "./Shell.module.css";
import { useTabBadge, useUrgent } from "./urgent";
import { useStartedJobs } from "./useStartedJobs";

/** Only narrow windows ask for it. */
const NavigationDrawer = lazy(() => loadedPart(import("./NavigationDrawer")));

export function Shell() {
  const { pathname, search } = useLocation();
  const isKiosk = new URLSearchParams(search).get("kiosk") === "1";
  const [isOpen, { open, close }] = useDisclosure(false);
  const [isWanted, want] = useState(false);
  const openNavigation = () => {
    want(true);
    open();
  };
  useEffect(() => {
    close();
    window.scrollTo(0, 0);
  }, [pathname, close]);
  const overlays = useOverlays();
  const urgents = useUrgent();
  useTabBadge(urgents);
  useStartedJobs();
  return (
    <div className={classes.shell} data-kiosk={isKiosk || undefined}>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <header className={classes.bar}>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={openNavigation} aria-label="Open navigation">
          <Icon name="menu" />
        </ActionIcon>
        <Brand />
        <SearchIcon onOpen={overlays.openSearch} />
      </header>
      <aside className={classes.side}>
        <div className={classes.sticky}>
          <Brand />
          <SearchButton onOpen={overlays.openSearch} />
          <Navigation urgents={urgents} />
          <Account onShortcuts={overlays.openShortcuts} />
        </div>
      </aside>
      {isWanted && (
        <Suspense>
          <NavigationDrawer opened={isOpen} onClose={close}>
            <Navigation urgents={urgents} />
            <Account onShortcuts={overlays.openShortcuts} />
          </NavigationDrawer>
        </Suspense>
      )}
      <main id="content" tabIndex={-1} className={classes.main}>
        <Outage />
        <Content>
          <ErrorBoundary resetKey={pathname}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </Content>
      </main>
      <Overlays {...overlays} />
    </div>
  );
}
