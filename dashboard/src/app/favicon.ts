/** The icon of the browser's tab, with a count on it. */

const PLAIN = "/icon.svg";
const MOST = 9;

/** Zero shows the plain icon. */
export function setFaviconCount(count: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link === null) return;
  const address = count === 0 ? PLAIN : `data:image/svg+xml,${encodeURIComponent(withCount(count))}`;
  if (link.getAttribute("href") !== address) link.setAttribute("href", address);
}

function withCount(count: number): string {
  const text = count > MOST ? `${MOST}+` : String(count);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
    '<rect width="32" height="32" rx="8" fill="#1d4fd7"/>',
    '<path d="M16 6l8 3v6.5c0 5-3.3 8.8-8 10.5-4.7-1.7-8-5.5-8-10.5V9z" fill="#fff"/>',
    '<circle cx="21" cy="21" r="11" fill="#cf2a2a"/>',
    `<text x="21" y="26" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="15" fill="#fff">${text}</text>`,
    "</svg>",
  ].join("");
}
