import { CloseButton, Loader, Modal, Text, VisuallyHidden } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { Icon } from "../../components/Icon";
import { counted } from "../../components/words/count";
import type { Item } from "./items";
import { Options } from "./Options";
import classes from "./Palette.module.css";
import { rememberItem } from "./recent";
import { usePalette } from "./usePalette";

const MOST_LETTERS = 300;
/** The modal gives the focus back before an action opens another one, which then gives it back to the same place. */
const FOCUS_IS_BACK_MS = 30;

interface PaletteProps {
  /** Actions of the shell itself: the colour scheme, signing out. */
  actions: readonly Item[];
  opened: boolean;
  onClose: () => void;
}

/** A combobox of everything that one can go to or do (WAI-ARIA, "Editable combobox with list autocomplete"). */
export default function Palette({ opened, actions, onClose }: PaletteProps) {
  // A modal remembers where the focus was when it opens, not when it is mounted open.
  const isMounted = useMounted();
  return (
    <Modal.Root
      opened={opened && isMounted}
      onClose={onClose}
      lockScroll={false}
      size={640}
      classNames={{ content: classes.content ?? "", inner: classes.inner ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label="Search">
        <Body actions={actions} onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Body({ actions, onClose }: Omit<PaletteProps, "opened">) {
  const [typed, setTyped] = useState("");
  const found = usePalette(typed, actions);
  const items = found.groups.flatMap((group) => group.items);
  const { activeIndex, step, choose } = useActive(items, typed);
  const active = items[activeIndex];
  const open = useOpen(onClose);
  const enter = useEnter(typed, found.isSearching, items[0], open);
  const listId = useId();
  const optionId = (index: number) => `${listId}-${index}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const wanted = steps[event.key];
    if (wanted !== undefined) {
      event.preventDefault();
      step(wanted);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      enter(active, event.ctrlKey || event.metaKey);
    }
  };
  return (
    <>
      <div className={classes.field}>
        <Icon name="search" />
        <input
          className={classes.input}
          role="combobox"
          aria-label="Search certificates, people, pages and actions"
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : optionId(activeIndex)}
          placeholder="Name, serial, fingerprint, owner, page or action"
          value={typed}
          maxLength={MOST_LETTERS}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus
        />
        {found.isSearching && <Loader size="xs" aria-hidden />}
        <CloseButton aria-label="Close search" onClick={onClose} />
      </div>
      <div className={classes.list}>
        <Options
          id={listId}
          groups={found.groups}
          activeIndex={activeIndex}
          optionId={optionId}
          onHover={choose}
          onPick={(item, event) => pick(item, event, open)}
        />
        <Rest typed={typed} found={found} count={items.length} />
      </div>
      <Foot />
    </>
  );
}

/** A link does by itself what its modifier keys ask for; the palette then stays. */
function pick(item: Item, event: MouseEvent, open: (item: Item, isNewTab: boolean) => void): void {
  if (typeof item.goal === "string" && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  open(item, false);
}

/** The active item stays the same one while others come; with other text it is the first. */
function useActive(items: readonly Item[], typed: string) {
  const [chosen, setChosen] = useState<{ id: string; typed: string } | null>(null);
  const index = chosen?.typed === typed ? items.findIndex(({ id }) => id === chosen.id) : 0;
  const activeIndex = Math.max(index, 0);
  const choose = (place: number) => {
    const item = items[place];
    if (item !== undefined) setChosen({ id: item.id, typed });
  };
  const step = (by: number) => {
    const isOne = Math.abs(by) === 1;
    const place = activeIndex + by;
    choose(isOne ? (place + items.length) % items.length : Math.min(Math.max(place, 0), items.length - 1));
  };
  return { activeIndex, step, choose };
}

function useOpen(onClose: () => void) {
  const navigate = useNavigate();
  return (item: Item, isNewTab: boolean) => {
    const { goal, kind, title, icon } = item;
    if (typeof goal === "string" && kind !== "Action") rememberItem({ kind, title, icon, address: goal });
    // With an opener, so that the new tab begins with this one's session.
    if (typeof goal === "string" && isNewTab) return void window.open(goal, "_blank");
    onClose();
    if (typeof goal === "string") void navigate(goal);
    else window.setTimeout(goal, FOCUS_IS_BACK_MS);
  };
}

/** Enter after a paste, before the answer has come: opens what is found first, unless something else was typed. */
function useEnter(typed: string, isSearching: boolean, first: Item | undefined, open: (item: Item, isNewTab: boolean) => void) {
  const waiting = useRef<{ typed: string; isNewTab: boolean } | null>(null);
  useEffect(() => {
    const wanted = waiting.current;
    if (wanted === null || isSearching) return;
    waiting.current = null;
    if (wanted.typed === typed && first !== undefined) open(first, wanted.isNewTab);
  });
  return (active: Item | undefined, isNewTab: boolean) => {
    if (active !== undefined) open(active, isNewTab);
    else if (isSearching) waiting.current = { typed, isNewTab };
  };
}

function Rest({ typed, found, count }: { typed: string; found: ReturnType<typeof usePalette>; count: number }) {
  const says = found.isSearching ? "Searching…" : count === 0 ? "Nothing found" : counted(count, "results");
  return (
    <>
      <VisuallyHidden role="status">{typed.trim() === "" ? "" : says}</VisuallyHidden>
      {count === 0 && (
        <Text size="sm" c="dimmed" className={classes.note ?? ""}>
          {found.isSearching ? "Searching…" : NOTHING}
        </Text>
      )}
      {found.notes.map((note) => (
        <Text key={note} size="xs" c="dimmed" className={classes.note ?? ""}>
          {note}
        </Text>
      ))}
    </>
  );
}

const NOTHING =
  "Nothing found. Search matches the beginning of a label in a name (sso, svc-0042) or of a part of one (0042), of a word in a display name, of an ID or of a tag; a whole serial number; and eight or more digits of a serial number or SHA-256 fingerprint.";

function Foot() {
  return (
    <div className={classes.foot} aria-hidden>
      <span>
        <kbd>↑</kbd> <kbd>↓</kbd> to choose
      </span>
      <span>
        <kbd>Enter</kbd> to open
      </span>
      <span>
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> in a new tab
      </span>
      <span>
        <kbd>Esc</kbd> to close
      </span>
    </div>
  );
}
