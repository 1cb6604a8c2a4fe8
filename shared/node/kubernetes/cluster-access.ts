import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ApiClientOptions } from "../http-client/api-client.ts";

/** How to reach a cluster, and the namespace that counts as one's own; empty when there is none. */
export interface ClusterAccess {
  readonly client: ApiClientOptions;
  readonly namespace: string;
}

const accountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Access of a pod through its service account. The token is read for each request: the kubelet replaces it. Throws when
 * this process does not run in a cluster.
 */
export function inClusterAccess(env: NodeJS.ProcessEnv, directory = accountDirectory): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) {
    throw new Error(
      "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined",
    );
  }
  const token = `${directory}/token`;
  readFileSync(token);
  const ca = readOptional(`${directory}/ca.crt`);
  return {
    client: {
      url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
      ...(ca !== undefined && { tls: { ca } }),
      headers: async () => ({ authorization: `Bearer ${(await readFile(token, "utf8")).trim()}` }),
    },
    namespace: ownNamespace(directory),
  };
}

/** The namespace of this pod; empty outside a cluster. */
export function ownNamespace(directory = accountDirectory): string {
  return readOptional(`${directory}/namespace`)?.trim() ?? "";
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
