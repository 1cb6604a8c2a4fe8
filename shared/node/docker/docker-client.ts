import type { IncomingMessage } from "node:http";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../discovery/json.ts";
import { type ApiAnswer, type ApiClientOptions, createApiClient } from "../http-client/api-client.ts";

/** Filters of the Docker API: name and its values. */
export type DockerFilters = ReadonlyMap<string, readonly string[]>;

/** Which log lines of a container: from a time on, and whether to wait for more. */
export interface LogQuery {
  /** Seconds since 1970, with fractions. */
  readonly sinceSeconds: number;
  readonly follow: boolean;
}

/**
 * The parts of the Docker Engine API that discovery, container metrics and container logs need. Nothing rejects. Paths
 * carry no version: the engine answers in its own.
 */
export interface DockerClient {
  /** `GET /containers/json`: running containers, or all of them. */
  containers(
    query?: { filters?: DockerFilters; all?: boolean },
    signal?: AbortSignal,
  ): Promise<ApiAnswer<JsonObject[]>>;
  networks(signal?: AbortSignal): Promise<ApiAnswer<JsonObject[]>>;
  inspect(id: string, signal?: AbortSignal): Promise<ApiAnswer<JsonObject>>;
  /** One reading of CPU, memory, network and block I/O. */
  stats(id: string, signal?: AbortSignal): Promise<ApiAnswer<JsonObject>>;
  /** Standard output and error with timestamps, in frames unless the container has a terminal. */
  logs(id: string, query: LogQuery, signal?: AbortSignal): Promise<ApiAnswer<IncomingMessage>>;
  /** Starts and ends of containers, one JSON object a line, as they happen. */
  events(signal?: AbortSignal): Promise<ApiAnswer<IncomingMessage>>;
  /** Where the engine keeps its files (`DockerRootDir`) and what it is called. */
  info(signal?: AbortSignal): Promise<ApiAnswer<JsonObject>>;
  close(): void;
}

/** A client of `unix:///var/run/docker.sock`, `tcp://host:2375` or `https://host:2376`. Throws for another address. */
export function createDockerClient(options: ApiClientOptions): DockerClient {
  const api = createApiClient(options);

  async function list(path: string, signal?: AbortSignal): Promise<ApiAnswer<JsonObject[]>> {
    const answer = await api.getJson(path, signal);
    return answer.kind === "ok" ? { kind: "ok", value: [...objectsOf(answer.value)] } : answer;
  }

  async function one(path: string, signal?: AbortSignal): Promise<ApiAnswer<JsonObject>> {
    const answer = await api.getJson(path, signal);
    return answer.kind === "ok" ? { kind: "ok", value: objectOf(answer.value) } : answer;
  }

  return {
    containers({ filters, all = false } = {}, signal) {
      const query = new URLSearchParams(all ? { all: "1" } : {});
      if (filters && filters.size > 0) query.set("filters", JSON.stringify(Object.fromEntries(filters)));
      return list(`/containers/json?${query}`, signal);
    },
    networks: (signal) => list("/networks", signal),
    inspect: (id, signal) => one(`/containers/${encodeURIComponent(id)}/json`, signal),
    stats: (id, signal) => one(`/containers/${encodeURIComponent(id)}/stats?stream=0&one-shot=1`, signal),
    logs(id, { sinceSeconds, follow }, signal) {
      const query = new URLSearchParams({ stdout: "1", stderr: "1", timestamps: "1", since: String(sinceSeconds) });
      if (follow) query.set("follow", "1");
      return api.stream(`/containers/${encodeURIComponent(id)}/logs?${query}`, signal);
    },
    events(signal) {
      const filters = JSON.stringify({ type: ["container"], event: ["start", "die", "destroy", "rename"] });
      return api.stream(`/events?${new URLSearchParams({ filters })}`, signal);
    },
    info: (signal) => one("/info", signal),
    close: () => api.close(),
  };
}

/** Whether a container writes to a terminal: then its log is plain text, else it comes in frames. */
export function hasTerminal(inspected: JsonObject): boolean {
  return objectOf(inspected.Config).Tty === true;
}

/** Whether a container runs now. */
export function isRunning(inspected: JsonObject): boolean {
  return objectOf(inspected.State).Running === true;
}

/** When a container was started, milliseconds since 1970; undefined when it never was. */
export function startedAt(inspected: JsonObject): number | undefined {
  const time = Date.parse(textOf(objectOf(inspected.State).StartedAt) ?? "");
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
