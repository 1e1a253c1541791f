import { type ComponentProps, type MouseEvent, type ReactNode } from "react";
import { Link } from "react-router";

import { PUSH, useAddress, withChanges } from "./address";

interface OpenLinkProps extends Omit<ComponentProps<typeof Link>, "to" | "onClick"> {
  id: string;
  /** The parameter of the address that says which record is open. */
  parameter?: string;
  children: ReactNode;
}

/** Opens a record beside this list. A click starts from the address as it then is; the link's own, for a new tab, is of
 *  when it was drawn. */
export function OpenLink({ id, parameter = "open", children, ...rest }: OpenLinkProps) {
  const { parameters, set } = useAddress();
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || isForNewTab(event)) return;
    event.preventDefault();
    set({ [parameter]: id }, PUSH);
  };
  return (
    <Link to={`?${withChanges(parameters, { [parameter]: id })}`} onClick={open} {...rest}>
      {children}
    </Link>
  );
}

function isForNewTab({ metaKey, altKey, ctrlKey, shiftKey }: MouseEvent): boolean {
  return metaKey || altKey || ctrlKey || shiftKey;
}
