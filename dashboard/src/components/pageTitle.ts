/** The document's title: how much needs attention, the page, the product: "(3) Jobs · certctl". */

let page = "";
let count = 0;

export function setPageTitle(title: string): void {
  page = title;
  write();
}

/** Zero takes the count away. */
export function setTitleCount(attention: number): void {
  count = attention;
  write();
}

function write(): void {
  const name = page === "" ? "certctl" : `${page} · certctl`;
  document.title = count > 0 ? `(${count.toLocaleString("en")}) ${name}` : name;
}
