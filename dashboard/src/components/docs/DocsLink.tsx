import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";

import { docsAddress, type Topic } from "./topics";

interface DocsProps {
  topic: Topic;
  children: ReactNode;
}

/** A link to the page about the topic, in a tab of its own; nothing if its address is not known. */
export function DocsLink({ topic, children }: DocsProps) {
  return docsAddress(topic) === null ? null : <DocsWords topic={topic}>{children}</DocsWords>;
}

/** Words of a sentence that link to the page about the topic, and stay if its address is not known. */
export function DocsWords({ topic, children }: DocsProps) {
  const address = docsAddress(topic);
  if (address === null) return children;
  return (
    <Anchor href={address} target="_blank" rel="noopener" inherit underline="always">
      {children}
    </Anchor>
  );
}
