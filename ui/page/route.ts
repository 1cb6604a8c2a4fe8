import { useEffect, useState } from "preact/hooks";

/** Where the page is: the view, and what of it is shown. Written as `#/view/rest`. */
export interface Route {
  readonly view: string;
  readonly rest: string;
}

/** The address of a view, for links. */
export function hrefOf(view: string, rest = ""): string {
  return rest === "" ? `#/${view}` : `#/${view}/${encodeURIComponent(rest)}`;
}

/** The route of the address bar, followed as it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = () => setRoute(read());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}

function read(): Route {
  const [, view = "", rest = ""] = /^#\/([^/]*)\/?(.*)$/.exec(location.hash) ?? [];
  try {
    return { view, rest: decodeURIComponent(rest) };
  } catch {
    return { view, rest };
  }
}
