import type { Destination } from "../../../shared/delivery/destination.ts";
import type { Exporter } from "../../../shared/delivery/exporter.ts";
import { destinationClient } from "../blocks/destination-client.ts";
import { proxyFor } from "../blocks/proxy.ts";
import type { EndpointArgs } from "./write-arguments.ts";
import { cloudAuth } from "./write-auth.ts";

/** The destination that an endpoint describes. What is in files is read again each time; without any it is made once. */
export function createWriteDestination(name: string, endpoint: EndpointArgs, exporter: Exporter): () => Destination {
  const made = readsFiles(endpoint) ? undefined : make();
  return () => made ?? make();

  function make(): Destination {
    const own = [...endpoint.http_headers].map(([header, values]) => {
      return [header.toLowerCase(), values.map((value) => value.reveal()).join(", ")] as const;
    });
    const given = [...endpoint.headers].map(([header, value]) => [header.toLowerCase(), value] as const);
    const { proxyUrl: _, ...client } = destinationClient(endpoint);
    const proxyUrl = proxyFor(endpoint.url, endpoint);
    const auth = cloudAuth(endpoint, process.env);
    return {
      name,
      endpoint: endpoint.url,
      exporter,
      headers: Object.fromEntries([...given, ...own]),
      ...client,
      ...(auth && { auth }),
      ...(proxyUrl !== undefined && { proxyUrl }),
    };
  }
}

function readsFiles({ basic_auth, authorization, oauth2, tls_config: tls, ...bearer }: EndpointArgs): boolean {
  const files = [
    basic_auth?.password_file,
    authorization?.credentials_file,
    oauth2?.client_secret_file,
    bearer.bearer_token_file,
    tls?.ca_file,
    tls?.cert_file,
    tls?.key_file,
  ];
  return files.some((file) => file !== undefined && file !== "");
}
