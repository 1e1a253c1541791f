import type { ReactNode } from "react";

import { FormModal } from "./FormModal";

interface OneTimeModalProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** A secret is shown now: a stray click or key must not close it. */
  isSecret: boolean;
  children: ReactNode;
}

/** A form, and then the secret that it made, the one time that it is shown. */
export function OneTimeModal({ isSecret, ...rest }: OneTimeModalProps) {
  return <FormModal size="lg" withCloseButton={!isSecret} closeOnClickOutside={!isSecret} closeOnEscape={!isSecret} {...rest} />;
}
