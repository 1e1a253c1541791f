import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface CaLinkProps {
  id: string;
  /** The id without it. */
  children?: ReactNode;
  /** Within a sentence, where its colour alone would not tell it. */
  isInText?: boolean;
}

/** The page of a CA. */
export function CaLink({ id, children = id, isInText = false }: CaLinkProps) {
  return (
    <Anchor component={Link} to={`/cas/${id}`} inherit {...(isInText && { underline: "always" })}>
      {children}
    </Anchor>
  );
}
