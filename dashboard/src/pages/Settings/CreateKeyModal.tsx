import { useSession } from "../../components/session";
import { grantableRoles } from "./grants";
import { KeyFields } from "./KeyFields";
import { KeyLimits } from "./KeyLimits";
import { EMPTY_DRAFT } from "./keyDraft";
import { NewKeyModal } from "./NewKeyModal";

interface CreateKeyModalProps {
  opened: boolean;
  onClose: () => void;
}

export function CreateKeyModal({ opened, onClose }: CreateKeyModalProps) {
  const { role, teams, can } = useSession();
  const roles = grantableRoles(role);
  const first = { ...EMPTY_DRAFT, role: roles.includes("viewer") ? "viewer" : role } as const;
  return (
    <NewKeyModal title="New API key" opened={opened} onClose={onClose} first={first}>
      {(fields) => (
        <>
          <KeyFields {...fields} roles={roles} mayReachAll={role === "admin" || teams === "*"} mayNameOwner={role === "admin"} />
          <KeyLimits {...fields} mayGive={can} />
        </>
      )}
    </NewKeyModal>
  );
}
