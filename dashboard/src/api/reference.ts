/** The API's own description: what the reference page needs of an OpenAPI 3.1 document. */

import { client } from "./client";

export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  additionalProperties?: boolean | Schema;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Content {
  content?: Readonly<Record<string, { schema?: Schema; example?: unknown }>>;
  description?: string;
  $ref?: string;
}

export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: readonly string[];
  parameters?: readonly Parameter[];
  requestBody?: Content;
  responses?: Readonly<Record<string, Content>>;
}

export interface ApiDocument {
  info: { title: string; version: string };
  tags?: readonly { name: string; description?: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

export const referenceQuery = {
  queryKey: ["reference"],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<ApiDocument> => {
    const { data } = await client.GET("/api/v1/openapi.json", { signal });
    return data as unknown as ApiDocument;
  },
  // A stack's API changes with a deployment, which gives the dashboard another version, too.
  staleTime: Infinity,
};
