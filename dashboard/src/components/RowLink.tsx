import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import classes from "./RowLink.module.css";

interface RowLinkProps {
  to: string;
  title: string;
  /** The smaller second line. */
  below?: ReactNode;
}

/** The link of a table's row: clicking anywhere in the row follows it. */
export function RowLink({ to, title, below }: RowLinkProps) {
  return (
    <>
      <Link to={to} className={classes.link} title={title}>
        <bdi>{title}</bdi>
      </Link>
      {below !== undefined && (
        <Text size="xs" c="dimmed" truncate component="div">
          {below}
        </Text>
      )}
    </>
  );
}
