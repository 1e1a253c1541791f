import { expect, test } from "vitest";

import { docsUrlOf } from "./docsUrl";

const nowhere = () => "";

test.each([
  ["https://pki.example.com/docs/", { VITE_DOCS_URL: "https://pki.example.com/docs/" }, "https://pki.example.com/docs"],
  ["a repository", { REPOSITORY: "https://git.example.com/pki/certctl" }, "https://git.example.com/pki/certctl/blob/main/docs"],
  ["what is no address of HTTPS", { VITE_DOCS_URL: "javascript:alert(1)" }, ""],
  ["an address with a password", { REPOSITORY: "https://ada:secret@git.example.com/certctl" }, ""],
  ["nothing", {}, ""],
])("the pages' address from %s", (_, environment, url) => {
  expect(docsUrlOf(environment, nowhere)).toBe(url);
});

test.each([
  ["git@git.example.com:pki/certctl.git\n", "https://git.example.com/pki/certctl/blob/main/docs"],
  ["https://git.example.com/pki/certctl.git\n", "https://git.example.com/pki/certctl/blob/main/docs"],
  ["/srv/git/certctl.git\n", ""],
])("the pages' address from the remote %s", (origin, url) => {
  expect(docsUrlOf({}, () => origin)).toBe(url);
});
