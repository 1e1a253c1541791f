import { Anchor } from "@mantine/core";
import { Link } from "react-router";

import { catalogKeys, listCertificatesOfTarget } from "../../../api/catalog";
import { useList } from "../../../api/paging";
import { StatusBadge } from "../../../components/StatusBadge";
import { DrawerList } from "../DrawerList";

/** The certificates that name the target. */
export function TargetCertificates({ id }: { id: string }) {
  const list = useList(catalogKeys.certificates(id), (page) => listCertificatesOfTarget(id, page));
  return (
    <DrawerList title="Certificates" list={list} none="No certificate that you can access uses it.">
      {list.rows.map(({ id: certificateId, name, status }) => (
        <li key={certificateId}>
          <Anchor component={Link} to={`/certificates/${certificateId}`} inherit>
            {name}
          </Anchor>
          <StatusBadge status={status} />
        </li>
      ))}
    </DrawerList>
  );
}
