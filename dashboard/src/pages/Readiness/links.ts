import type { Counted, Renewer, Trait } from "../../api/inventoryReports";

/** The list of exactly the certificates that a number counts. */
export function listAddress(trait: Trait, wanted: Counted, renewer?: Renewer): string {
  return `/inventory?${new URLSearchParams({ trait, ...(renewer && { renewer }), ...wanted })}`;
}
