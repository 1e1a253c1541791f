import { accountKind, useAccounts } from "./accounts";
import { CatalogLink } from "./catalog/CatalogName";

/** To the account, if it has a record that the caller may read; else its id. */
export function AccountLink({ id, className }: { id: string; className?: string }) {
  const kind = accountKind(id);
  const isKnown = useAccounts().some((account) => account.id === id);
  if (kind === null || !isKnown) return <bdi title={id}>{id}</bdi>;
  return <CatalogLink kind={kind} id={id} className={className} />;
}
