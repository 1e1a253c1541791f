/** The rows of the page's first table, as its keys see them: each by its link. */

function linksOfRows(): HTMLAnchorElement[] {
  const rows = [...(document.querySelector("#content table")?.querySelectorAll("tbody tr") ?? [])];
  return rows.flatMap((row) => row.querySelector<HTMLAnchorElement>("a[href]") ?? []);
}

function isOf(link: HTMLAnchorElement, openId: string): boolean {
  return new URL(link.href).searchParams.get("open") === openId;
}

/** The focus to the next row or the one before; while a row's drawer is open, the drawer to that row. */
export function stepRow(by: 1 | -1, openId: string | null): void {
  const links = linksOfRows();
  const place = links.findIndex((link) => (openId === null ? link.closest("tr")?.contains(document.activeElement) : isOf(link, openId)));
  const next = links[place === -1 ? 0 : place + by];
  if (next === undefined) return;
  if (openId === null) next.focus();
  else next.click();
  next.closest("tr")?.scrollIntoView({ block: "nearest" });
}
