import type { MintedEabKey } from "../../api/acme";
import { Command } from "../../components/Command";
import { OneTimeKey } from "../../components/OneTimeKey";
import { registrationOf } from "./words";

/** The secret of an EAB key, the one time that it is shown, with the command of a client. */
export function ShownSecret({ minted, onDone }: { minted: MintedEabKey; onDone: () => void }) {
  return (
    <OneTimeKey name={minted.name} value={minted.hmac_key} onDone={onDone}>
      It is the HMAC key, <code>{minted.id}</code> the key ID. certbot registers with:
      <Command text={registrationOf(minted)} what="the command" />
    </OneTimeKey>
  );
}
