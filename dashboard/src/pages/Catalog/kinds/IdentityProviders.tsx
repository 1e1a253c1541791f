import type { Row } from "../../../api/catalog";
import { CatalogPage } from "../CatalogPage";
import { type Draft, type Field, type Section, valueOf } from "../fields";
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

const signInInWords = ({ sign_in }: Provider) => {
  if (sign_in === null) return "Nobody signs in with it";
  return sign_in.enabled ? `People sign in as client ${sign_in.client_id}` : "Not offered at present";
};

const recentSignIns = ({ sign_in }: Provider) => {
  if (sign_in === null) return [];
  const value = sign_in.auth_time === "required" ? "By auth_time of the ID token" : "By the age of the session, without auth_time (weaker)";
  return [{ term: "Recent sign-ins", value }];
};

const AUTH_TIMES = [
  { value: "required", label: "ID tokens have auth_time" },
  { value: "absent", label: "ID tokens may lack auth_time (weaker)" },
];

const CLIENT_ID: Field = {
  name: "sign_in.client_id",
  label: "Client ID",
  form: "text",
  hint: "Of certctl at the provider. Without one, nobody signs in with this provider.",
};

const CLIENT: readonly Field[] = [
  {
    name: "sign_in.client_secret",
    label: "Client secret",
    form: "text",
    placeholder: "certctl/<stack>/identity/<name>",
    hint: "Name of a secret in Secrets Manager, with the client's secret or its private key.",
    isNeeded: true,
  },
  { name: "sign_in.enabled", label: "Offered on the sign-in page", form: "switch", fallback: true },
  { name: "sign_in.scopes", label: "Scopes", form: "list", hint: "If left empty: openid, profile and email." },
  {
    name: "sign_in.required_claims",
    label: "Required claims",
    form: "lines",
    isJson: true,
    placeholder: '{"hd": ["example.com"]}',
    hint: "Everybody who signs in must have one of the values of each.",
  },
  {
    name: "sign_in.keys_sleep_after_days",
    label: "Personal API keys sleep after",
    form: "number",
    min: 1,
    max: 30,
    fallback: 7,
    unit: "days",
    hint: "Without a sign-in. The next one wakes them.",
  },
  {
    name: "sign_in.auth_time",
    label: "Recent sign-ins",
    form: "choice",
    options: AUTH_TIMES,
    fallback: "required",
    hint: "Giving the role admin needs a recent sign-in. If ID tokens may lack auth_time, an open browser can pass for one.",
  },
];

/** The fields of the client are those of a provider that has one: without it they would be sent alone. */
function signIn(draft: Draft): Section[] {
  if (draft.type !== "OIDC") return [];
  const hasClient = String(valueOf(CLIENT_ID, draft)).trim() !== "";
  return [{ title: "Sign-in", hint: "How people sign in to certctl with it.", fields: [CLIENT_ID, ...(hasClient ? CLIENT : [])] }];
}

const IDENTITY_PROVIDERS: Description<"identity-providers"> = {
  kind: "identity-providers",
  title: "Identity providers",
  one: "identity provider",
  icon: "building",
  description: "Issuers whose tokens are accepted, and providers that people sign in with: rules say what for.",
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
    { term: "Sign-in", value: signInInWords(row) },
    ...recentSignIns(row),
  ],
  sections: (draft) => [
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
    ...signIn(draft),
  ],
  deletion: "From now on its tokens are refused, and nobody signs in with it.",
};

export default function IdentityProviders() {
  return <CatalogPage of={IDENTITY_PROVIDERS} />;
}
