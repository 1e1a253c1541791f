import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useLocation } from "react-router";

import { DocsLink } from "./docs/DocsLink";
import type { Topic } from "./docs/topics";
import { Freshness } from "./Freshness";
import classes from "./PageHeader.module.css";
import { setPageTitle } from "./pageTitle";

interface PageHeaderProps {
  title: string;
  description?: ReactNode;
  /** Beside the title: a status. */
  badge?: ReactNode;
  actions?: ReactNode;
  /** Above the title: the way back. */
  above?: ReactNode;
  /** After the description: where the docs explain it. */
  docs?: Topic;
}

/** The page's only h1. It takes the focus after navigation, so that screen readers say where one is. */
export function PageHeader({ title, description, badge, actions, above, docs }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key, pathname } = useLocation();
  const isFirst = useRef(key === "default");
  useEffect(() => {
    setPageTitle(title);
  }, [title]);
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [pathname]);
  return (
    <header className={classes.header}>
      {above !== undefined && (
        <div className={classes.above}>
          {above}
          <Freshness />
        </div>
      )}
      <div className={classes.words} data-inner={above !== undefined}>
        <Group gap="sm">
          <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {badge}
        </Group>
        {description !== undefined && (
          <Text c="dimmed" size="sm" component="div" mt={2} className={classes.description ?? ""} data-inner={above !== undefined}>
            {description} {docs !== undefined && <DocsLink topic={docs}>Documentation</DocsLink>}
          </Text>
        )}
      </div>
      <Group gap="xs" className={classes.actions ?? ""}>
        {above === undefined && <Freshness />}
        {actions}
      </Group>
    </header>
  );
}
