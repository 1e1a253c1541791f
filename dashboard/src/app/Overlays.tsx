import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";

import { ErrorBoundary } from "../components/ErrorBoundary";
import { loadedPart } from "../components/lazyPage";
import { newAddress } from "./search/destinations";
import { useRememberCertificates } from "./search/recent";
import { useShellActions } from "./search/shellActions";
import { useSession } from "../components/session";
import { GO_TO } from "./shortcuts/goTo";
import { useShortcutsOn } from "./shortcuts/preference";
import { stepRow } from "./shortcuts/rows";
import { type Shortcuts, useShortcuts } from "./shortcuts/useShortcuts";

const Palette = lazy(() => loadedPart(import("./search/Palette")));
const ShortcutSheet = lazy(() => loadedPart(import("./shortcuts/ShortcutSheet")));

const IN_DRAWERS = new Set(["j", "k"]);

type Overlay = "search" | "shortcuts";

/** The palette and the sheet of shortcuts: which of them is open, and the keys of the shell. */
export function useOverlays() {
  const [shown, setShown] = useState<Overlay | null>(null);
  const openSearch = useCallback(() => setShown("search"), []);
  const openShortcuts = useCallback(() => setShown("shortcuts"), []);
  const close = useCallback(() => setShown(null), []);
  const keys = useShellKeys(openSearch, openShortcuts);
  useShortcuts({ keys, areKeysOn: useShortcutsOn(), inDrawers: useDrawerKeys(), onSearch: openSearch });
  useRememberCertificates();
  return { shown, openSearch, openShortcuts, close };
}

const NONE: ReadonlySet<string> = new Set();

/** In the drawer of a row, but in no other dialog. */
function useDrawerKeys(): ReadonlySet<string> {
  return new URLSearchParams(useLocation().search).has("open") ? IN_DRAWERS : NONE;
}

function useShellKeys(openSearch: () => void, openShortcuts: () => void): Shortcuts {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const { can } = useSession();
  return useMemo(() => {
    const pages = GO_TO.filter(({ permission }) => can(permission)).map(
      ({ key, address }) => [`g ${key}`, () => void navigate(address)] as const,
    );
    const openId = new URLSearchParams(search).get("open");
    const address = newAddress(pathname, search, can);
    return {
      ...Object.fromEntries(pages),
      "/": openSearch,
      "?": openShortcuts,
      j: () => stepRow(1, openId),
      k: () => stepRow(-1, openId),
      ...(address !== null && { n: () => void navigate(address) }),
    };
  }, [navigate, pathname, search, can, openSearch, openShortcuts]);
}

type OverlaysProps = ReturnType<typeof useOverlays>;

/** Their code is loaded when one is opened, and stays: what is closed gives the focus back. */
export function Overlays({ shown, openShortcuts, close }: OverlaysProps) {
  const { pathname } = useLocation();
  const actions = useShellActions(openShortcuts);
  const [wanted, setWanted] = useState<ReadonlySet<Overlay>>(new Set());
  if (shown !== null && !wanted.has(shown)) setWanted(new Set([...wanted, shown]));
  return (
    <ErrorBoundary resetKey={pathname}>
      <Suspense>
        {wanted.has("search") && <Palette opened={shown === "search"} actions={actions} onClose={close} />}
        {wanted.has("shortcuts") && <ShortcutSheet opened={shown === "shortcuts"} onClose={close} />}
      </Suspense>
    </ErrorBoundary>
  );
}
