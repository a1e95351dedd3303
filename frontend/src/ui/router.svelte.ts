/** The router: the address as state, links caught once, the history API. */

class Router {
  path = $state(location.pathname);
  query = $state(new URLSearchParams(location.search));
  /** How many steps were made inside the app, so that "back" never leaves it. */
  depth = 0;

  start(): void {
    addEventListener('popstate', () => {
      this.depth = Math.max(0, this.depth - 1);
      this.#read();
    });
    document.addEventListener('click', (event) => this.#follow(event));
  }

  go(to: string, replace = false): void {
    if (replace) history.replaceState(null, '', to);
    else {
      history.pushState(null, '', to);
      this.depth += 1;
    }
    this.#read();
  }

  /** One step back inside the app; to `otherwise` when the page was opened directly. */
  back(otherwise: string): void {
    if (this.depth > 0) history.back();
    else this.go(otherwise, true);
  }

  #read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isOwn(link)) return;
    event.preventDefault();
    const to = link.pathname + link.search;
    if (to !== location.pathname + location.search) this.go(to);
  }
}

function isOwn(link: HTMLAnchorElement): boolean {
  if (link.target || link.hasAttribute('download')) return false;
  return link.origin === location.origin && !link.pathname.startsWith('/api/');
}

export const router = new Router();
