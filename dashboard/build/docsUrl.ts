import { spawnSync } from "node:child_process";

const REPOSITORY_OF_SSH = /^(?:ssh:\/\/)?git@([^:/]+)[:/]/;

/** Where the pages of docs/ are published: VITE_DOCS_URL, else in the repository: REPOSITORY, or the remote `origin`, as for
 *  the packages (distribution/places.py). Empty if neither has an address of HTTPS: the dashboard then has no links to them. */
export function docsUrlOf(environment: Readonly<Record<string, string | undefined>>, origin: () => string): string {
  const { VITE_DOCS_URL: folder = "", REPOSITORY: repository = "" } = environment;
  if (folder !== "") return folder.startsWith("https://") ? folder.replace(/\/+$/, "") : "";
  const plain = (repository === "" ? origin() : repository)
    .trim()
    .replace(REPOSITORY_OF_SSH, "https://$1/")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
  return plain.startsWith("https://") && !plain.includes("@") ? `${plain}/blob/main/docs` : "";
}

function originOfGit(): string {
  const { status, stdout } = spawnSync("git", ["remote", "get-url", "origin"], { encoding: "utf8" });
  return status === 0 ? stdout : "";
}

export const docsUrl = { "import.meta.env.VITE_DOCS_URL": JSON.stringify(docsUrlOf(process.env, originOfGit)) };
