/** What jsdom has not: media queries (wide, light), sizes of elements, scrolling, text of files. */

class NoResizes implements ResizeObserver {
  observe(): void {
    return;
  }
  unobserve(): void {
    return;
  }
  disconnect(): void {
    return;
  }
}

function matchMedia(media: string): MediaQueryList {
  const target = new EventTarget() as MediaQueryList;
  // Nothing fades in: what is found can be seen at once.
  const matches = media.includes("prefers-reduced-motion: reduce");
  return Object.assign(target, { media, matches, onchange: null, addListener: () => undefined, removeListener: () => undefined });
}

function bytesOf(this: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(new Error("The file cannot be read."));
    reader.readAsArrayBuffer(this);
  });
}

function textOf(this: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(new Error("The file cannot be read."));
    reader.readAsText(this);
  });
}

export function installBrowserGaps(): void {
  Blob.prototype.text = textOf;
  Blob.prototype.arrayBuffer = bytesOf;
  window.matchMedia = matchMedia;
  window.ResizeObserver = NoResizes;
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
}
