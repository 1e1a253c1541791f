import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import classes from "./BackLink.module.css";
import { Icon } from "./Icon";

/** Above the title of a page: back to its list. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} size="sm" className={classes.back}>
      <Icon name="arrowLeft" size={14} /> {children}
    </Anchor>
  );
}
