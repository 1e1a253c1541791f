import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import { NavLink, useLocation } from "react-router";

import { Icon } from "../components/Icon";
import classes from "./Navigation.module.css";
import { CATALOG, NAVIGATION, type PageDefinition } from "./pages";
import { useSession } from "../components/session";
import type { Urgent } from "./urgent";

export function Navigation({ urgents }: { urgents: ReadonlyMap<string, Urgent> }) {
  const { can } = useSession();
  const pages = NAVIGATION.filter((page) => can(page.permission));
  const grouped = pages.filter(({ section }) => section === CATALOG);
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [pathname]);
  return (
    <nav aria-label="Pages" className={classes.nav} ref={nav}>
      <ul className={classes.list}>
        {pages.map((page) => {
          if (page === grouped[0]) return <Group key={CATALOG} pages={grouped} />;
          return page.section === CATALOG ? null : <PageLink key={page.path} page={page} urgent={urgents.get(page.path)} />;
        })}
      </ul>
    </nav>
  );
}

interface PageLinkProps {
  page: PageDefinition;
  urgent?: Urgent | undefined;
}

function PageLink({ page, urgent }: PageLinkProps) {
  return (
    <li>
      <NavLink to={`/${page.path}`} end={page.path === ""} className={classes.link ?? ""}>
        <Icon name={page.icon} />
        {page.title}
        {urgent !== undefined && <Count urgent={urgent} />}
      </NavLink>
    </li>
  );
}

const MOST_SHOWN = 999;

function Count({ urgent: { count, isLeast, words } }: { urgent: Urgent }) {
  return (
    <span className={classes.count} title={words}>
      <span aria-hidden>{count > MOST_SHOWN ? `${MOST_SHOWN}+` : `${count}${isLeast ? "+" : ""}`}</span>
      <VisuallyHidden>{`, ${words}`}</VisuallyHidden>
    </span>
  );
}

/** Opens by itself while one of its pages is shown. */
function Group({ pages }: { pages: readonly PageDefinition[] }) {
  const { pathname } = useLocation();
  const isHere = pages.some(({ path }) => pathname.startsWith(`/${path}`));
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? isHere;
  const id = useId();
  return (
    <li>
      <UnstyledButton className={classes.link ?? ""} aria-expanded={isOpen} aria-controls={id} onClick={() => setWanted(!isOpen)}>
        <Icon name="catalog" />
        {CATALOG}
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={15} className={classes.chevron} />
      </UnstyledButton>
      <ul id={id} className={classes.sublist} hidden={!isOpen}>
        {isOpen && pages.map((page) => <PageLink key={page.path} page={page} />)}
      </ul>
    </li>
  );
}
