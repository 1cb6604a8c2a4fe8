import type { Clock } from "../../../shared/clock.ts";
import { type ClusterAccess, inClusterAccess, ownNamespace } from "../../../shared/node/kubernetes/cluster-access.ts";
import { kubeconfigAccess } from "../../../shared/node/kubernetes/kubeconfig.ts";
import { type HttpClientArguments, httpClientProblem } from "./http-client.ts";
import { httpClientOptions } from "./http-client-options.ts";

/** The arguments that say which cluster is meant. */
export type ClusterArguments = HttpClientArguments & {
  readonly api_server: string;
  readonly kubeconfig_file: string;
};

/** What is wrong with the arguments; undefined when nothing is. */
export function clusterProblem(args: ClusterArguments): string | undefined {
  if (args.api_server !== "" && args.kubeconfig_file !== "") {
    return "only one of api_server and kubeconfig_file can be set";
  }
  const client = [args.basic_auth, args.authorization, args.oauth2, args.bearer_token, args.tls_config];
  if (args.api_server === "" && (client.some((part) => part !== undefined) || args.bearer_token_file !== "")) {
    return "to use custom HTTP client configuration please provide the 'api_server' URL explicitly";
  }
  return httpClientProblem(args);
}

/**
 * How to reach the cluster: the API server that is named, the kubeconfig file, or the cluster that this process runs in.
 * Throws with a sentence when none of them can be used.
 */
export function clusterAccess(args: ClusterArguments, clock: Clock): ClusterAccess {
  if (args.api_server !== "") {
    return { client: { url: args.api_server, ...httpClientOptions(args, clock) }, namespace: ownNamespace() };
  }
  return args.kubeconfig_file === "" ? inClusterAccess(process.env) : kubeconfigAccess(args.kubeconfig_file);
}
