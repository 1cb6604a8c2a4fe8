import type { IncomingMessage } from "node:http";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../discovery/json.ts";
import { type ApiAnswer, type ApiClientOptions, createApiClient } from "../http-client/api-client.ts";

/** Which objects: all of a path, or those that the selectors leave. */
export interface ObjectQuery {
  /** Path of the kind, as `resourcePath` gives it. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** One page of a list; `next` is empty on the last one. */
export interface ObjectPage {
  readonly items: readonly JsonObject[];
  readonly version: string;
  readonly next: string;
}

/** Which lines of a container's log. */
export interface PodLogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  /** RFC 3339; only lines from then on. */
  readonly sinceTime?: string;
}

/** The parts of the Kubernetes API that discovery and pod logs need. Nothing rejects. */
export interface KubernetesClient {
  /** A page of at most 500 objects. */
  list(query: ObjectQuery, next: string, signal?: AbortSignal): Promise<ApiAnswer<ObjectPage>>;
  /** Events from a version on, one JSON object a line, with bookmarks; the server ends it after about `timeoutSeconds`. */
  watch(
    query: ObjectQuery,
    from: { readonly version: string; readonly timeoutSeconds: number },
    signal?: AbortSignal,
  ): Promise<ApiAnswer<IncomingMessage>>;
  /** Lines with a timestamp in front of each. */
  podLogs(query: PodLogQuery, signal?: AbortSignal): Promise<ApiAnswer<IncomingMessage>>;
  /** One object, such as a secret. */
  get(path: string, signal?: AbortSignal): Promise<ApiAnswer<JsonObject>>;
  close(): void;
}

const pageSize = "500";

/** A client of the API server at `options.url`. */
export function createKubernetesClient(options: ApiClientOptions): KubernetesClient {
  const api = createApiClient(options);

  return {
    async list(query, next, signal) {
      const answer = await api.getJson(address(query, { limit: pageSize, ...(next && { continue: next }) }), signal);
      if (answer.kind === "failed") return answer;
      const { metadata, items } = objectOf(answer.value);
      const { resourceVersion, continue: more } = objectOf(metadata);
      const page = { items: objectsOf(items), version: textOf(resourceVersion) ?? "", next: textOf(more) ?? "" };
      return { kind: "ok", value: page };
    },
    watch(query, { version, timeoutSeconds }, signal) {
      const parameters = {
        watch: "1",
        allowWatchBookmarks: "true",
        resourceVersion: version,
        timeoutSeconds: String(timeoutSeconds),
      };
      return api.stream(address(query, parameters), signal);
    },
    podLogs({ namespace, pod, container, follow, sinceTime }, signal) {
      const parameters = new URLSearchParams({ container, timestamps: "true", follow: String(follow) });
      if (sinceTime !== undefined) parameters.set("sinceTime", sinceTime);
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
      return api.stream(`${path}?${parameters}`, signal);
    },
    async get(path, signal) {
      const answer = await api.getJson(path, signal);
      return answer.kind === "ok" ? { kind: "ok", value: objectOf(answer.value) } : answer;
    },
    close: () => api.close(),
  };
}

function address({ path, labelSelector, fieldSelector }: ObjectQuery, parameters: Record<string, string>): string {
  const query = new URLSearchParams(parameters);
  if (labelSelector) query.set("labelSelector", labelSelector);
  if (fieldSelector) query.set("fieldSelector", fieldSelector);
  return `${path}?${query}`;
}
