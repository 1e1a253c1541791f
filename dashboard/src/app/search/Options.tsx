import { UnstyledButton } from "@mantine/core";
import { Fragment, type MouseEvent, useEffect, useRef } from "react";
import { Link } from "react-router";

import { Icon } from "../../components/Icon";
import { StatusBadge } from "../../components/StatusBadge";
import type { Item, ItemGroup } from "./items";
import classes from "./Palette.module.css";

interface OptionsProps {
  id: string;
  groups: readonly ItemGroup[];
  activeIndex: number;
  optionId: (index: number) => string;
  onHover: (index: number) => void;
  onPick: (item: Item, event: MouseEvent) => void;
}

/** The focus stays in the input, which names the active option. */
export function Options({ id, groups, activeIndex, optionId, onHover, onPick }: OptionsProps) {
  const starts = groups.map((_, place) => groups.slice(0, place).reduce((sum, { items }) => sum + items.length, 0));
  return (
    <div id={id} role="listbox" aria-label="Results" tabIndex={-1}>
      {groups.map(({ title, items }, place) => (
        <div key={title} role="group" aria-labelledby={`${id}-${title}`}>
          <div id={`${id}-${title}`} role="presentation" className={classes.group}>
            {title}
          </div>
          {items.map((item, within) => {
            const index = (starts[place] ?? 0) + within;
            return (
              <Option
                key={item.id}
                id={optionId(index)}
                item={item}
                isActive={index === activeIndex}
                onHover={() => onHover(index)}
                onPick={(event) => onPick(item, event)}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  id: string;
  item: Item;
  isActive: boolean;
  onHover: () => void;
  onPick: (event: MouseEvent) => void;
}

function Option({ id, item, isActive, onHover, onPick }: OptionProps) {
  const element = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  const shared = {
    id,
    role: "option",
    "aria-selected": isActive,
    tabIndex: -1,
    className: classes.option ?? "",
    onMouseMove: () => !isActive && onHover(),
    onMouseDown: (event: MouseEvent) => event.preventDefault(),
    onClick: onPick,
  };
  const keep = (node: HTMLElement | null) => {
    element.current = node;
  };
  if (typeof item.goal === "string") {
    return (
      <Link {...shared} ref={keep} to={item.goal}>
        <Words item={item} />
      </Link>
    );
  }
  return (
    <UnstyledButton {...shared} ref={keep}>
      <Words item={item} />
    </UnstyledButton>
  );
}

function Words({ item: { icon, title, detail, status, kind } }: { item: Item }) {
  return (
    <Fragment>
      <Icon name={icon} size={16} className={classes.icon} />
      <span className={classes.words}>
        <span className={classes.title} title={title}>
          {title}
        </span>
        {detail !== undefined && (
          <span className={classes.detail} title={detail}>
            {detail}
          </span>
        )}
      </span>
      {status !== undefined && <StatusBadge status={status.word} tone={status.tone} />}
      <span className={classes.kind}>{kind}</span>
    </Fragment>
  );
}
