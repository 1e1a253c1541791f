import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface JobLinkProps {
  id: string;
  /** The id without it. */
  children?: ReactNode;
  className?: string | undefined;
  /** Within a sentence, where its colour alone would not tell it. */
  isInText?: boolean;
}

/** Opens the job beside the list of jobs. */
export function JobLink({ id, children = id, className = "", isInText = false }: JobLinkProps) {
  return (
    <Anchor component={Link} to={`/jobs?open=${id}`} className={className} title={id} inherit {...(isInText && { underline: "always" })}>
      {children}
    </Anchor>
  );
}
