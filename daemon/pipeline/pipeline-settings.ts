import { fromEnvironment, resolve } from "../../shared/config/resolve.ts";
import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import type { Place } from "../ingress/listen.ts";
import type { ServicesOptions } from "./services.ts";

/** What a pipeline takes from the environment: bounds of its queues, and who may change something on its admin port. */
export interface PipelineSettings {
  readonly storage: Pick<ServicesOptions, "maxStorageBytes" | "maxStorageAgeMs">;
  readonly changes: Omit<ChangeRules, "boundTo">;
}

/** Throws a sentence for a person. */
export function readPipelineSettings(env: NodeJS.ProcessEnv): PipelineSettings {
  const resolved = resolve(fromEnvironment(env));
  if (resolved.kind === "invalid") throw new Error(resolved.problems.map(({ message }) => message).join("\n"));
  const { storageMaxBytes: maxStorageBytes, storageMaxAge: maxStorageAgeMs } = resolved.config;
  const { adminTokens = [], adminReadOnly: readOnly } = resolved.config;
  return { storage: { maxStorageBytes, maxStorageAgeMs }, changes: { tokens: () => adminTokens, readOnly } };
}

/** Where the admin port listens: `host:port` of the flag; an empty host means every address. Throws a sentence for a person. */
export function adminPlaceOf(address: string): Place {
  const setting = "--server.http.listen-addr";
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === "" || Number(port) > 65_535) {
    throw new Error(`${setting} is host:port, such as 127.0.0.1:12345, not ${JSON.stringify(address)}`);
  }
  return { host: host.replace(/^\[|\]$/g, "") || "0.0.0.0", port: Number(port), setting };
}
