import { Fragment } from "react";

import { CatalogLink } from "../../../components/catalog/CatalogName";
import { useRecordName } from "../../../components/catalog/options";
import classes from "../Catalog.module.css";

export function Teams({ teams }: { teams: "*" | readonly string[] }) {
  if (teams === "*") return "All teams";
  return teams.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ", "}
      <CatalogLink kind="teams" id={id} className={classes.above} />
    </Fragment>
  ));
}

export function ProviderName({ id }: { id: string }) {
  return <bdi title={id}>{useRecordName("identity-providers", id) ?? id}</bdi>;
}
