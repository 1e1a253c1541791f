/** What jsdom has not: media queries (wide, light), sizes of elements, scrolling. */

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
  return Object.assign(target, { media, matches: false, onchange: null, addListener: () => undefined, removeListener: () => undefined });
}

export function installBrowserGaps(): void {
  window.matchMedia = matchMedia;
  window.ResizeObserver = NoResizes;
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
}
