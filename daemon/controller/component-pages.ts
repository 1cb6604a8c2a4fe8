import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import type { ComponentHandler } from "./component.ts";

/** The pages of components, by component id, under `/api/v0/component/<id>/`. */
export interface ComponentPages {
  readonly memoryAddress: string;
  set(id: string, handler: ComponentHandler | undefined): void;
  /** Answers a request by its whole path; 404 when there is no such component, or it has no pages. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

const prefix = "/api/v0/component/";

/** Pages for components; `memoryAddress` is the address by which targets name this process. */
export function createComponentPages(memoryAddress: string): ComponentPages {
  const handlers = new Map<string, ComponentHandler>();
  return {
    memoryAddress,
    set(id, handler) {
      if (handler) handlers.set(id, handler);
      else handlers.delete(id);
    },
    async request(request) {
      const rest = request.path.startsWith(prefix) ? request.path.slice(prefix.length) : "";
      // An id of a module has slashes of its own: the shortest id that is known is meant.
      for (let end = rest.indexOf("/"); end >= 0; end = rest.indexOf("/", end + 1)) {
        const handler = handlers.get(decoded(rest.slice(0, end)));
        if (handler) return handler({ ...request, path: rest.slice(end) });
      }
      const handler = handlers.get(decoded(rest));
      return handler
        ? handler({ ...request, path: "/" })
        : notFound(`failed to parse URL path "${rest}": invalid path\n`);
    },
  };
}

/** The path of a component's pages. */
export function pagesPath(id: string): string {
  return `${prefix}${id}/`;
}

/** An id as it stands in a path; as it is where it is badly encoded. */
export function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function notFound(text: string): HttpAnswer {
  return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(text) };
}
