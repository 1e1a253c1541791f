import { Group, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

import classes from "./Card.module.css";

interface CardProps {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Tables reach its edges. */
  flush?: boolean;
}

export function Card({ title, description, actions, children, className, flush }: CardProps) {
  const id = useId();
  const named = title === undefined ? {} : { "aria-labelledby": id };
  return (
    <section className={`${classes.card} ${className ?? ""}`} data-flush={flush} {...named}>
      {title !== undefined && (
        <div className={classes.head}>
          <div>
            <Title order={2} id={id}>
              {title}
            </Title>
            {description !== undefined && (
              <Text size="sm" c="dimmed" component="div">
                {description}
              </Text>
            )}
          </div>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </div>
      )}
      <div className={classes.body}>{children}</div>
    </section>
  );
}
