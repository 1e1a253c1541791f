import type { Row } from "../../../api/catalog";
import { CatalogPage } from "../CatalogPage";
import type { Description } from "../kind";
import { NAME } from "../sharedFields";

type Provider = Row<"identity-providers">;

const TYPES = [
  { value: "GitHub", label: "GitHub Actions" },
  { value: "GitLab", label: "GitLab CI" },
  { value: "Kubernetes", label: "Kubernetes" },
  { value: "AWS", label: "AWS" },
  { value: "OIDC", label: "Other (OpenID Connect)" },
];

const labelOf = (type: string) => TYPES.find(({ value }) => value === type)?.label ?? type;

const keysInWords = ({ jwks }: Provider) => (jwks === null ? "Read from the issuer" : "Pinned in this record");

const IDENTITY_PROVIDERS: Description<"identity-providers"> = {
  kind: "identity-providers",
  title: "Identity providers",
  one: "identity provider",
  icon: "building",
  description: "Issuers whose tokens are accepted: trust rules say what for.",
  empty: "With an identity provider and a trust rule, CI jobs, pods and IAM roles need no API key.",
  write: "identity:write",
  columns: [
    { id: "type", title: "Type", width: "170px", sortBy: (row) => row.type, cell: (row) => labelOf(row.type) },
    { id: "issuer", title: "Issuer", hideWhenNarrow: true, cell: (row) => row.issuer },
    { id: "keys", title: "Keys", width: "190px", hideWhenNarrow: true, cell: keysInWords },
  ],
  facts: (row) => [
    { term: "Type", value: labelOf(row.type) },
    { term: "Issuer", value: row.issuer },
    { term: "Keys", value: keysInWords(row) },
  ],
  sections: () => [
    {
      fields: [
        NAME,
        { name: "type", label: "Type", form: "choice", options: TYPES, fallback: "GitHub", isFixed: true },
        {
          name: "issuer",
          label: "Issuer",
          form: "text",
          placeholder: "https://token.actions.githubusercontent.com",
          hint: "The iss of its tokens, exactly. It cannot be changed later.",
          isNeeded: true,
          isFixed: true,
        },
        {
          name: "jwks",
          label: "Public keys",
          form: "lines",
          isJson: true,
          placeholder: '{"keys": [...]}',
          hint: "A JSON Web Key Set, for an issuer that cannot be reached. If left empty, keys are read from the issuer.",
        },
      ],
    },
  ],
  deletion: "From now on its tokens are refused.",
};

export default function IdentityProviders() {
  return <CatalogPage of={IDENTITY_PROVIDERS} />;
}
