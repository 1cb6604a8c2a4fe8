import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../discovery/json.ts";
import { errorText, firstLineOf } from "../../error-text.ts";
import type { ApiClientOptions } from "../http-client/api-client.ts";
import type { ClusterAccess } from "./cluster-access.ts";

/**
 * Access by the current context of a kubeconfig file: server, CA, client certificate, token or Basic credentials, in the
 * file or beside it. Throws an `Error` that names the file and what is missing; plug-ins (`exec`) are not supported.
 */
export function kubeconfigAccess(path: string): ClusterAccess {
  const fail = (what: string) => new Error(`kubeconfig ${path}: ${what}`);
  const file = parseFile(path, fail);
  const contextName = textOf(file["current-context"]) ?? "";
  const context = objectOf(named(file.contexts, contextName).context);
  const cluster = objectOf(named(file.clusters, textOf(context.cluster)).cluster);
  const user = objectOf(named(file.users, textOf(context.user)).user);
  const server = textOf(cluster.server);
  if (server === undefined) throw fail(`the context ${JSON.stringify(contextName)} has no cluster with a server`);
  if (user.exec !== undefined || user["auth-provider"] !== undefined) {
    throw fail("its user gets credentials from a plug-in, which is not supported: use a token or a client certificate");
  }
  const material = (name: string, from: JsonObject) => {
    const data = textOf(from[`${name}-data`]);
    const beside = textOf(from[name]);
    if (data !== undefined) return Buffer.from(data, "base64");
    return beside === undefined ? undefined : readBeside(path, beside, fail);
  };
  const [ca, cert, key] = [
    material("certificate-authority", cluster),
    material("client-certificate", user),
    material("client-key", user),
  ];
  const serverName = textOf(cluster["tls-server-name"]);
  return {
    client: {
      url: server,
      tls: {
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
        ...(serverName !== undefined && { servername: serverName }),
        ...(cluster["insecure-skip-tls-verify"] === true && { rejectUnauthorized: false }),
      },
      headers: credentials(path, user),
    },
    namespace: textOf(context.namespace) ?? "default",
  };
}

function credentials(path: string, user: JsonObject): NonNullable<ApiClientOptions["headers"]> {
  const [token, tokenFile] = [textOf(user.token), textOf(user.tokenFile)];
  const [username, password] = [textOf(user.username), textOf(user.password)];
  return async () => {
    if (tokenFile !== undefined) {
      const text = await readFile(resolve(dirname(path), tokenFile), "utf8");
      return { authorization: `Bearer ${text.trim()}` };
    }
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    if (username === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}` };
  };
}

function parseFile(path: string, fail: (what: string) => Error): JsonObject {
  try {
    return objectOf(parse(readFileSync(path, "utf8"), { maxAliasCount: 100 }));
  } catch (error) {
    throw fail(firstLineOf(error));
  }
}

function readBeside(path: string, beside: string, fail: (what: string) => Error): Buffer {
  try {
    return readFileSync(resolve(dirname(path), beside));
  } catch (error) {
    throw fail(errorText(error));
  }
}

function named(list: unknown, name: string | undefined): JsonObject {
  return objectsOf(list).find((entry) => entry.name === name) ?? {};
}
