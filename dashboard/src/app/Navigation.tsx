import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useEffect, useId, useRef, useState } from "react";
import { NavLink, useLocation } from "react-router";

import { Icon, type IconName } from "../components/Icon";
import classes from "./Navigation.module.css";
import { NAVIGATION, type PageDefinition, type Section } from "./pages";
import { useSession } from "../components/session";
import type { Urgent } from "./urgent";

export function Navigation({ urgents }: { urgents: ReadonlyMap<string, Urgent> }) {
  const { can } = useSession();
  const pages = NAVIGATION.filter((page) => can(page.permission));
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [pathname]);
  return (
    <nav aria-label="Pages" className={classes.nav} ref={nav}>
      <ul className={classes.list}>
        {pages.map((page) => {
          const { section, path } = page;
          if (section === undefined) return <PageLink key={path} page={page} urgent={urgents.get(path)} />;
          const grouped = pages.filter((other) => other.section === section);
          return page === grouped[0] ? <Group key={section} section={section} pages={grouped} /> : null;
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

const ICONS: Record<Section, IconName> = { Discovery: "search", PKI: "building", Delivery: "server", Access: "users" };

interface GroupProps {
  section: Section;
  pages: readonly PageDefinition[];
}

/** Opens by itself while one of its pages is shown. */
function Group({ section, pages }: GroupProps) {
  const { pathname } = useLocation();
  const isHere = pages.some(({ path }) => pathname === `/${path}` || pathname.startsWith(`/${path}/`));
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? isHere;
  const id = useId();
  return (
    <li>
      <UnstyledButton className={classes.link ?? ""} aria-expanded={isOpen} aria-controls={id} onClick={() => setWanted(!isOpen)}>
        <Icon name={ICONS[section]} />
        {section}
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={15} className={classes.chevron} />
      </UnstyledButton>
      <ul id={id} className={classes.sublist} hidden={!isOpen}>
        {isOpen && pages.map((page) => <PageLink key={page.path} page={page} />)}
      </ul>
    </li>
  );
}
