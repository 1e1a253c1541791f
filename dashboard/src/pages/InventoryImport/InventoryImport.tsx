import { BackLink } from "../../components/BackLink";
import { PageHeader } from "../../components/PageHeader";
import Ways from "./Ways";

export default function InventoryImport() {
  return (
    <>
      <PageHeader
        title="Import certificates"
        above={<BackLink to="/inventory">Inventory</BackLink>}
        description="Certificates that you have, from any issuer. Private keys are not sent."
        docs="importing"
      />
      <Ways />
    </>
  );
}
