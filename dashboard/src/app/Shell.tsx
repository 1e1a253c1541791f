import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect } from "react";
import { Outlet, useLocation } from "react-router";

import { ErrorBoundary } from "../components/ErrorBoundary";
import { Icon } from "../components/Icon";
import { Loading } from "../components/states";
import { Account } from "./Account";
import { Brand } from "./Brand";
import { Navigation } from "./Navigation";
import { Content, Outage } from "./Outage";
import { Overlays, useOverlays } from "./Overlays";
import { SearchButton, SearchIcon } from "./search/SearchButton";
import classes from "./Shell.module.css";
import { useTabBadge, useUrgent } from "./urgent";

export function Shell() {
  const { pathname, search } = useLocation();
  const isKiosk = new URLSearchParams(search).get("kiosk") === "1";
  const [isOpen, { open, close }] = useDisclosure(false);
  useEffect(() => {
    close();
    window.scrollTo(0, 0);
  }, [pathname, close]);
  const overlays = useOverlays();
  const urgents = useUrgent();
  useTabBadge(urgents);
  return (
    <div className={classes.shell} data-kiosk={isKiosk || undefined}>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <header className={classes.bar}>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={open} aria-label="Open navigation">
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
      <Drawer
        opened={isOpen}
        onClose={close}
        size={280}
        title={<Brand />}
        closeButtonProps={{ "aria-label": "Close navigation" }}
        classNames={{ body: classes.drawer ?? "" }}
      >
        <Navigation urgents={urgents} />
        <Account onShortcuts={overlays.openShortcuts} />
      </Drawer>
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
