import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { type CatalogFilters, catalogKeys, listCatalog } from "../../../api/catalog";
import { useList } from "../../../api/paging";
import { DrawerList } from "../DrawerList";
import { EnabledBadge } from "./EnabledBadge";

interface RuleLinksProps {
  title: string;
  wanted: CatalogFilters;
  none: string;
}

/** Trust rules of an account. */
export function RuleLinks({ title, wanted, none }: RuleLinksProps) {
  const list = useList(catalogKeys.list("trust-rules", wanted), (page) => listCatalog("trust-rules", wanted, page));
  return (
    <DrawerList title={title} list={list} none={none}>
      {list.rows.map(({ id, name, enabled }) => (
        <li key={id}>
          <Anchor component={Link} to={`/trust-rules?open=${encodeURIComponent(id)}`} inherit>
            {name}
          </Anchor>
          <EnabledBadge enabled={enabled} />
        </li>
      ))}
    </DrawerList>
  );
}
