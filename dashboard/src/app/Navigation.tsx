import { NavLink } from "react-router";

import { Icon } from "../components/Icon";
import classes from "./Navigation.module.css";
import { NAVIGATION } from "./pages";
import { useSession } from "./session";

export function Navigation() {
  const { can } = useSession();
  const pages = NAVIGATION.filter((page) => can(page.permission));
  return (
    <nav aria-label="Pages" className={classes.nav}>
      <ul className={classes.list}>
        {pages.map((page) => (
          <li key={page.path}>
            <NavLink to={`/${page.path}`} end={page.path === ""} className={classes.link ?? ""}>
              <Icon name={page.icon} />
              {page.title}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
