import { createTheme, type DrawerProps, type MantineColorsTuple, type ModalProps, type TooltipProps } from "@mantine/core";

import classes from "./theme.module.css";

/** Azure; 7 carries white text at 6.6 to 1, 6 at 5.3 to 1. Values are the variables of theme.css. */
const brand: MantineColorsTuple = [
  "#eef3ff",
  "#dbe5fe",
  "#b6c9fc",
  "#8ca9f9",
  "#688cf5",
  "#4a74f0",
  "#2f5fe8",
  "#1d4fd7",
  "#1a45bc",
  "#163a9c",
];

/** Mantine gives its cross no name. */
const closeButtonProps = { "aria-label": "Close" };

// The scroll lock writes a <style> element, too.
const MODAL: Partial<ModalProps> = { lockScroll: false, centered: true, closeButtonProps };
const DRAWER: Partial<DrawerProps> = { lockScroll: false, closeButtonProps };
const TOOLTIP: Partial<TooltipProps> = { openDelay: 300 };

/** What Mantine would write into a <style> element of its own stands in theme.css (README.md, "Styles"). */
export const theme = createTheme({
  primaryColor: "brand",
  colors: { brand },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  // By name and not by `extend`, which would take the components into the first load.
  components: {
    Modal: { defaultProps: MODAL, classNames: { title: classes.title ?? "" } },
    Drawer: { defaultProps: DRAWER, classNames: { title: classes.title ?? "" } },
    // Their headers are <header> elements, which axe takes for a second banner beside the shell's.
    ModalHeader: { defaultProps: { role: "presentation" } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    Notification: { defaultProps: { closeButtonProps } },
    Tooltip: { defaultProps: TOOLTIP },
  },
});
