import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import type { CatalogKind } from "../../api/catalog";
import { nameQuery } from "./options";

interface CatalogLinkProps {
  kind: CatalogKind;
  id: string | null;
  className?: string | undefined;
  /** Within a sentence, where its colour alone would not tell it. */
  isInText?: boolean;
}

/** The record's name; its id until that is read, and where it cannot be. */
export function CatalogLink({ kind, id, className = "", isInText = false }: CatalogLinkProps) {
  const { data } = useQuery({ ...nameQuery(kind, id ?? ""), enabled: id !== null });
  if (id === null) return "–";
  return (
    <Anchor component={Link} to={`/${kind}?open=${encodeURIComponent(id)}`} className={className} title={id} inherit {...(isInText && { underline: "always" })}>
      {data?.name ?? id}
    </Anchor>
  );
}
