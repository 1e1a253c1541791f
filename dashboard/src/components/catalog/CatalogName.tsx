import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import type { CatalogKind } from "../../api/catalog";
import { useRecordName } from "./options";

interface CatalogLinkProps {
  kind: CatalogKind;
  id: string | null;
  className?: string | undefined;
  /** Within a sentence, where its colour alone would not tell it. */
  isInText?: boolean;
}

/** The record's name; its id until that is read, and where it cannot be. */
export function CatalogLink({ kind, id, className = "", isInText = false }: CatalogLinkProps) {
  const name = useRecordName(kind, id);
  if (id === null) return "–";
  return (
    <Anchor
      component={Link}
      to={`/${kind}?open=${encodeURIComponent(id)}`}
      className={className}
      title={id}
      inherit
      {...(isInText && { underline: "always" })}
    >
      <bdi>{name ?? id}</bdi>
    </Anchor>
  );
}
