import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, expect, test } from "vitest";

import { expectAccessible } from "../../test/accessibility";
import { renderAt } from "../../test/render";
import { server } from "../../test/server";

const DOCUMENT = {
  info: { title: "certctl", version: "1" },
  tags: [
    { name: "certificates", description: "Certificates and their versions." },
    { name: "jobs", description: "Work that is done." },
  ],
  paths: {
    "/api/v1/certificates": {
      post: {
        operationId: "create_certificate",
        summary: "Request a certificate",
        tags: ["certificates"],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/NewCertificateBody" } } } },
        responses: { "201": { description: "Created" } },
      },
    },
    "/api/v1/jobs": {
      get: {
        operationId: "list_jobs",
        summary: "List jobs",
        tags: ["jobs"],
        parameters: [
          { name: "per_page", in: "query", description: "Rows of a page.", schema: { type: "integer", minimum: 1, maximum: 500 } },
        ],
        responses: {},
      },
    },
  },
  components: {
    schemas: {
      NewCertificateBody: {
        type: "object",
        required: ["common_name"],
        properties: {
          common_name: { type: "string", maxLength: 64, description: "Common name of the subject." },
          parent: { anyOf: [{ $ref: "#/components/schemas/NewCertificateBody" }, { type: "null" }], description: "Contains itself." },
        },
      },
    },
  },
};

beforeEach(() => server.use(http.get("*/api/v1/openapi.json", () => HttpResponse.json(DOCUMENT))));

test("methods are listed by subject, and found by any word", async () => {
  const { user, container } = renderAt("/reference");
  const jobs = await screen.findByRole("list", { name: "jobs" });
  expect(within(jobs).getByText("List jobs")).toBeVisible();
  await expectAccessible(container);
  await user.type(screen.getByRole("textbox", { name: "Find a method" }), "request post");
  expect(await screen.findByText("Request a certificate")).toBeVisible();
  expect(screen.queryByText("List jobs")).not.toBeInTheDocument();
});

test("a method opens with its parameters and their bounds", async () => {
  const { user } = renderAt("/reference");
  await user.click(await screen.findByText("List jobs"));
  const parameters = await screen.findByLabelText("Parameters");
  expect(parameters).toHaveTextContent("per_page");
  expect(parameters).toHaveTextContent("query · integer · at least 1, at most 500");
});

test("a body opens with its fields, also one that contains itself", async () => {
  const { user } = renderAt("/reference");
  await user.click(await screen.findByText("Request a certificate"));
  const body = await screen.findByLabelText("Body");
  expect(body).toHaveTextContent("string · required · characters at most 64");
  await user.click(within(body).getByText("Fields of parent"));
  expect(await within(body).findByLabelText("Fields of parent")).toHaveTextContent("common_name");
});
