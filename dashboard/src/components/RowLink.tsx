import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { OpenLink } from "./OpenLink";
import classes from "./RowLink.module.css";
import { applyTyped } from "./typed";

interface RowProps {
  title: string;
  /** The smaller second line. */
  below?: ReactNode;
}

/** The link of a table's row to a page of its own: clicking anywhere in the row follows it. */
export function RowLink({ to, title, below }: RowProps & { to: string }) {
  return (
    <>
      <Link to={to} className={classes.link} title={title} onClick={applyTyped}>
        <bdi>{title}</bdi>
      </Link>
      <Below>{below}</Below>
    </>
  );
}

/** The same for a record that opens beside its list. */
export function RowOpener({ id, parameter, title, below }: RowProps & { id: string; parameter?: string }) {
  return (
    <>
      <OpenLink id={id} {...(parameter !== undefined && { parameter })} className={classes.link ?? ""} title={title}>
        <bdi>{title}</bdi>
      </OpenLink>
      <Below>{below}</Below>
    </>
  );
}

function Below({ children }: { children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <Text size="xs" c="dimmed" truncate component="div">
      {children}
    </Text>
  );
}
