/** Why the API found a certificate, as far as its record tells. */

import type { Certificate } from "../../api/certificates";
import { plain } from "./fuzzy";

const SAN_KIND = /^(DNS|IP|email|URI):/;
const CAPTION = /^(serial( number)?|sha-?256( fingerprint)?) ?[:=] ?/;
const LEAST_DIGITS = 8;
/** In decimal digits; 40 in hexadecimal. */
const LONGEST_SERIAL = 49;

/** The text at the beginning of a label, a word, or a part of one: as the API indexes names. */
function begins(text: string, typed: string): boolean {
  const whole = plain(text);
  for (let place = whole.indexOf(typed); place !== -1; place = whole.indexOf(typed, place + 1)) {
    if (place === 0 || !/[\p{L}\p{N}]/u.test(whole[place - 1] ?? "")) return true;
  }
  return false;
}

function digitsOf(typed: string): string {
  const digits = typed
    .replace(CAPTION, "")
    .replaceAll(/[\s:-]/g, "")
    .replace(/^0x/, "");
  return /^[0-9a-f]{1,64}$/.test(digits) ? digits : "";
}

function fromDecimal(digits: string): string {
  return /^[0-9]{10,}$/.test(digits) ? BigInt(digits).toString(16) : "";
}

function ofName({ name, common_name, sans }: Certificate, typed: string): string | null {
  if (begins(name, typed)) return name === common_name ? "Common name" : common_name;
  if (begins(common_name, typed)) return common_name;
  const san = sans.map((one) => one.replace(SAN_KIND, "")).find((one) => begins(one, typed));
  return san === undefined ? null : `Also for ${san}`;
}

function ofNumber({ serial_number }: Certificate, typed: string): string | null {
  const typedDigits = digitsOf(typed);
  const isBeginning = typedDigits.length >= LEAST_DIGITS;
  const digits = typedDigits.replace(/^0+/, "");
  const serial = serial_number?.toLowerCase().replace(/^0+/, "") ?? "";
  if (serial !== "" && (serial === digits || serial === fromDecimal(typedDigits) || (isBeginning && serial.startsWith(digits))))
    return `Serial number ${serial}`;
  if (typedDigits.length > LONGEST_SERIAL) return "SHA-256 fingerprint of a version";
  return isBeginning ? "Serial number or fingerprint of a version" : null;
}

/** In words. A name that was typed in Unicode, or as a URL, is not seen in the record: then its common name. */
export function matched(certificate: Certificate, asTyped: string): string {
  const typed = plain(asTyped).replaceAll(/^\.+|\.+$/g, "");
  const tag = Object.entries(certificate.tags)
    .map(([key, value]) => `${key}=${value}`)
    .find((one) => plain(one).startsWith(typed));
  const byId = certificate.id.toLowerCase().startsWith(typed) ? `ID ${certificate.id}` : null;
  const byTag = tag === undefined ? null : `Tag ${tag}`;
  return ofName(certificate, typed) ?? byId ?? byTag ?? ofNumber(certificate, typed) ?? certificate.common_name;
}
