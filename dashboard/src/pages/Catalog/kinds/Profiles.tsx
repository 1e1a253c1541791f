import type { Row } from "../../../api/catalog";
import { StatusBadge } from "../../../components/StatusBadge";
import { CatalogPage } from "../CatalogPage";
import { inWords } from "../duration";
import type { Description } from "../kind";
import { KEY_OPTIONS, KEY_RULES, keysInWords } from "../keyRules";
import { EACH_ON_ENTER, NAME } from "../sharedFields";

const USAGES = [
  { value: "serverAuth", label: "TLS servers (serverAuth)" },
  { value: "clientAuth", label: "TLS clients (clientAuth)" },
  { value: "codeSigning", label: "Code signing (codeSigning)" },
  { value: "emailProtection", label: "E-mail (emailProtection)" },
];

type Profile = Row<"profiles">;

function Approval({ row }: { row: Profile }) {
  return row.requires_approval ? <StatusBadge status="Needed" tone="warn" /> : "–";
}

const PROFILES: Description<"profiles"> = {
  kind: "profiles",
  title: "Profiles",
  one: "profile",
  icon: "profile",
  description: "What may be asked for, what a certificate is good for, and for how long it is valid.",
  empty: "Without one of their own, certificates follow the profile for servers.",
  write: "catalog:write",
  builtIns: ["server", "mtls", "client"],
  below: (row) => row.description || "No description",
  columns: [
    { id: "usages", title: "Good for", width: "26%", hideWhenNarrow: true, cell: (row) => row.extended_key_usages.join(", ") },
    { id: "ttl", title: "Valid for", width: "110px", sortBy: (row) => row.max_ttl_seconds, cell: (row) => inWords(row.max_ttl_seconds) },
    { id: "keys", title: "Keys", width: "22%", hideWhenNarrow: true, cell: (row) => keysInWords(row.keys) },
    { id: "approval", title: "Approval", width: "110px", hideWhenNarrow: true, cell: (row) => <Approval row={row} /> },
  ],
  facts: (row) => [
    { term: "Description", value: row.description || "–" },
    { term: "Good for", value: row.extended_key_usages.join(", ") },
    { term: "Valid for", value: inWords(row.max_ttl_seconds) },
    { term: "Keys", value: keysInWords(row.keys) },
    { term: "Names", value: row.san_patterns.length === 0 ? "Any" : row.san_patterns.join(", ") },
    { term: "Approval", value: row.requires_approval ? "By somebody else than who asked" : "Not needed" },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { name: "max_ttl_seconds", label: "Valid for", form: "duration", fallback: 17_280_000, hint: "10 minutes to 10 years." },
        { name: "description", label: "Description", form: "lines" },
        { name: "extended_key_usages", label: "Good for", form: "list", options: USAGES, isNeeded: true, fallback: ["serverAuth"] },
      ],
    },
    {
      title: "What may be asked for",
      fields: [
        { name: "keys", label: "Keys", form: "list", options: KEY_OPTIONS, codec: KEY_RULES, placeholder: "Any that the CA takes" },
        {
          name: "san_patterns",
          label: "Names",
          form: "list",
          placeholder: "Any",
          hint: `DNS:*.example.com (one label), DNS:**.example.com (any depth), IP:10.0.0.0/8, URI:spiffe://example.com/*, email:*@example.com. ${EACH_ON_ENTER}`,
        },
        {
          name: "requires_approval",
          label: "Requires approval",
          form: "switch",
          fallback: false,
          hint: "A job waits until somebody else than who asked for it approves it.",
        },
      ],
    },
  ],
  deletion: "It is gone from all lists at once. Its name and id are free again a few minutes later.",
};

export default function Profiles() {
  return <CatalogPage of={PROFILES} />;
}
