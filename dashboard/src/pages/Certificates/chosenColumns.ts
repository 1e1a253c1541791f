import { useLocalStorage } from "@mantine/hooks";

import { useAddress } from "../../components/address";
import { CHOICES } from "./columns";

const PARAMETER = "columns";
const KNOWN: ReadonlySet<string> = new Set(CHOICES.map(({ id }) => id));

export interface ChosenColumns {
  /** Null for the default ones. */
  ids: readonly string[] | null;
  choose: (ids: readonly string[] | null) => void;
}

/** The columns of the address, which a link shares, else those that were chosen last in this browser. */
export function useChosenColumns(): ChosenColumns {
  const { parameters, set } = useAddress();
  const [stored, setStored] = useLocalStorage<readonly string[] | null>({
    key: "certctl.certificate-columns",
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const choose = (ids: readonly string[] | null) => {
    setStored(ids);
    set({ [PARAMETER]: ids?.join(",") ?? null });
  };
  return { ids: known(parameters.get(PARAMETER)?.split(",")) ?? known(stored), choose };
}

/** Null if none is known: links may be older than this dashboard, or newer. */
function known(ids: unknown): readonly string[] | null {
  const found = Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string" && KNOWN.has(id)) : [];
  return found.length === 0 ? null : found;
}
