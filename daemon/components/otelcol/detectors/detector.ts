import type { AnyValue } from "../../../../shared/edit/any-value.ts";

/** What a detector looks at; tests bring their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  /** JSON or text of an HTTP server on the host or link; rejects when there is none in time. */
  fetch(url: string, options?: FetchOptions): Promise<string>;
  /** The answer of the Docker engine to a GET. */
  docker(path: string): Promise<unknown>;
}

export interface FetchOptions {
  readonly method?: "GET" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
}

/** Finds attributes of where the process runs; rejects with a sentence when it does not run there. */
export type Detector = (surroundings: Surroundings) => Promise<ReadonlyMap<string, AnyValue>>;
