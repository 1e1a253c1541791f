import layout from "../../components/layout.module.css";
import { Can } from "../../components/session";
import { CommandCard } from "./CommandCard";
import { FilesCard } from "./FilesCard";
import { HostsCard } from "./hosts/HostsCard";

/** The ways into the inventory. */
export default function Ways() {
  return (
    <div className={layout.stack}>
      <Can permission="inventory:write">
        <FilesCard />
      </Can>
      <Can permission="endpoints:write">
        <HostsCard />
      </Can>
      <Can permission="inventory:write">
        <CommandCard />
      </Can>
    </div>
  );
}
