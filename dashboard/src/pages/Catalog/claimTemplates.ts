/** The claims that each kind of identity provider puts into its tokens, in plain words. A field is a view of the rule's
 *  claim lines: what it shows is stored as lines alone. */

import type { Row } from "../../api/catalog";

export type ProviderType = Row<"identity-providers">["type"];

export interface ClaimField {
  /** The claim's path, as in a line: `repository_id`. */
  claim: string;
  label: string;
  hint: string;
  placeholder: string;
  /** What every value begins with, and nobody has to type. */
  prefix?: string;
  isNeeded?: true;
}

export interface ClaimTemplate {
  name: string;
  fields: readonly ClaimField[];
}

/** AWS puts its own claims below this name. */
const AWS = "https://sts.amazonaws.com/>";

export const CLAIM_TEMPLATES: Record<ProviderType, ClaimTemplate> = {
  GitHub: {
    name: "GitHub Actions",
    fields: [
      {
        claim: "repository_id",
        label: "Repository ID",
        hint: "The number, which no other repository ever gets: gh api repos/ORG/REPO --jq .id",
        placeholder: "1296269",
        isNeeded: true,
      },
      {
        claim: "ref",
        label: "Branch or tag",
        hint: "If left empty, everybody who can push a branch can use this rule.",
        placeholder: "refs/heads/main",
      },
      { claim: "environment", label: "Environment", hint: "Only jobs of this deployment environment.", placeholder: "production" },
      {
        claim: "event_name",
        label: "Event",
        hint: "If left empty, any but pull requests, which must be named.",
        placeholder: "push",
      },
    ],
  },
  GitLab: {
    name: "GitLab CI/CD",
    fields: [
      {
        claim: "project_id",
        label: "Project ID",
        hint: "The number on the project's overview page: no other project ever gets it.",
        placeholder: "278964",
        isNeeded: true,
      },
      {
        claim: "ref",
        label: "Branch or tag",
        hint: "If left empty, everybody who can push a branch can use this rule.",
        placeholder: "main",
      },
      { claim: "ref_protected", label: "Protected", hint: "true: only jobs of protected branches and tags.", placeholder: "true" },
      { claim: "environment", label: "Environment", hint: "Only jobs of this environment.", placeholder: "production" },
      {
        claim: "pipeline_source",
        label: "Pipeline source",
        hint: "If left empty, any but merge requests, which must be named.",
        placeholder: "push",
      },
    ],
  },
  AWS: {
    name: "AWS",
    fields: [
      {
        claim: `${AWS}principal_id`,
        label: "IAM role",
        hint: "The ARN of the role that asks for the token.",
        placeholder: "arn:aws:iam::123456789012:role/deploy",
        isNeeded: true,
      },
      { claim: `${AWS}aws_account`, label: "Account", hint: "The number of the AWS account.", placeholder: "123456789012" },
    ],
  },
  Kubernetes: {
    name: "Kubernetes",
    fields: [
      {
        claim: "sub",
        label: "Namespace and service account",
        hint: "NAMESPACE:NAME of the pod's service account in the cluster.",
        placeholder: "shop:web",
        prefix: "system:serviceaccount:",
        isNeeded: true,
      },
    ],
  },
  OIDC: {
    name: "OpenID Connect",
    fields: [
      {
        claim: "sub",
        label: "Subject",
        hint: "Whom the token is about, exactly as the provider writes it.",
        placeholder: "build-server",
        isNeeded: true,
      },
    ],
  },
};

const lineOf = ({ claim, prefix = "" }: ClaimField, value: string) => `${claim}=${prefix}${value}`;

/** The lines of the field's claim whose values it can show. */
function isOf({ claim, prefix = "" }: ClaimField, line: string): boolean {
  return line.startsWith(`${claim}=${prefix}`);
}

/** The values of a field's claim, separated by commas. */
export function textOf(field: ClaimField, lines: readonly string[]): string {
  const start = lineOf(field, "").length;
  return lines
    .filter((line) => isOf(field, line))
    .map((line) => line.slice(start))
    .join(",");
}

/** `lines` with the values in `text` for the field's claim. */
export function withText(field: ClaimField, lines: readonly string[], text: string): string[] {
  const others = lines.filter((line) => !isOf(field, line));
  return text.trim() === "" ? others : [...others, ...text.split(",").map((value) => lineOf(field, value))];
}

/** The lines that no field of the template shows. */
export function otherLines({ fields }: ClaimTemplate, lines: readonly string[]): string[] {
  return lines.filter((line) => !fields.some((field) => isOf(field, line)));
}
