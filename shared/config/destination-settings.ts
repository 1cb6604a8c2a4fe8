import type { Auth } from "../delivery/auth.ts";
import type { Destination } from "../delivery/destination.ts";
import type { Exporter } from "../delivery/exporter.ts";
import type { Tls } from "../delivery/tls.ts";
import { errorText } from "../error-text.ts";
import { otlpGrpcExporter } from "../exporters/otlp-grpc/exporter.ts";
import { otlpHttpExporter } from "../exporters/otlp-http/exporter.ts";
import { secret } from "../secret.ts";
import { type SignalName, signalNames } from "../signal.ts";
import { parseValue } from "./parse-value.ts";
import type { Setting } from "./setting.ts";

/** A row below `destinations/<name>/`; its environment variable is `SLUICE_DESTINATION_<NAME>_…`. */
type Row = Omit<Setting, "env" | "ssm">;

const rows = {
  endpoint: { type: "url", base: true, help: "Base URL; of otlp-grpc, https://host:port" },
  protocol: { type: "choice", choices: ["otlp-http", "otlp-grpc"], default: "otlp-http", help: "Protocol" },
  username: { type: "string", help: "User name of Basic authentication" },
  password: { type: "string", secret: true, help: "Its password" },
  token: { type: "string", secret: true, token: true, help: "Bearer token" },
  headers: { type: "list", secret: true, help: "Headers, each name=value" },
  "oauth2-client-id": { type: "string", help: "Client of OAuth 2 client credentials" },
  "oauth2-client-secret": { type: "string", secret: true, help: "Its secret" },
  "oauth2-token-url": { type: "url", help: "Where its tokens are" },
  "oauth2-scopes": { type: "list", help: "Scopes that it asks for" },
  "sigv4-region": { type: "string", help: "Region of AWS signatures" },
  "sigv4-service": { type: "string", help: "Service of AWS signatures, such as aps, xray, logs" },
  "sigv4-role-arn": { type: "string", help: "Role that is assumed first" },
  "password-file": { type: "string", help: "File with the password of Basic authentication" },
  "token-file": { type: "string", help: "File with the bearer token" },
  "ca-file": { type: "string", help: "PEM certificates to trust in place of the well-known ones" },
  "cert-file": { type: "string", help: "PEM certificate of the client" },
  "key-file": { type: "string", help: "PEM key of the client" },
  "min-tls-version": { type: "choice", choices: ["TLSv1.2", "TLSv1.3"], help: "Lowest version of TLS" },
  "server-name": { type: "string", help: "Name that the certificate must have" },
  "insecure-skip-verify": { type: "boolean", help: "Takes any certificate: only for trying out" },
  "proxy-url": { type: "url", secret: true, help: "HTTP proxy" },
} as const satisfies Record<string, Row>;

type Key = keyof typeof rows;
type Values = { readonly [Name in Key]?: string | boolean | readonly string[] };

const exporters: Readonly<Record<string, Exporter>> = { "otlp-http": otlpHttpExporter, "otlp-grpc": otlpGrpcExporter };
const entryPattern = /^(?<name>[a-z][a-z0-9-]{0,62})(?:=(?<signals>[a-z+]+))?$/;
const reserved = new Set(["grafana-cloud", "dead-letters"]);

/** A destination by its entry in `SLUICE_DESTINATIONS`, and the signals that it gets. */
export interface NamedDestination {
  readonly name: string;
  readonly signals: readonly SignalName[];
}

/** A setting of a destination by its key; undefined where there is none of that key. */
export function destinationSetting(name: string, key: string): Omit<Setting, "ssm"> | undefined {
  return Object.hasOwn(rows, key) ? { ...rows[key as Key], env: variableOf(name, key) } : undefined;
}

/** What is wrong with an entry of `SLUICE_DESTINATIONS`: `name`, or `name=traces+logs`. */
export function problemOfDestination(entry: string): string | undefined {
  const { name = "", signals } = entryPattern.exec(entry)?.groups ?? {};
  if (name === "") return "is not a name of small letters, digits and hyphens, with or without =traces+logs";
  if (reserved.has(name)) return "is a name that is taken";
  const unknown = signals?.split("+").find((signal) => !signalNames.some((known) => known === signal));
  return unknown === undefined
    ? undefined
    : `names the signal ${JSON.stringify(unknown)}: there are ${signalNames.join(", ")}`;
}

/** The destinations that `SLUICE_DESTINATIONS` names; without signals one gets all. */
export function namedDestinations(entries: readonly string[] = []): readonly NamedDestination[] {
  return entries.map((entry) => {
    const { name = "", signals } = entryPattern.exec(entry)?.groups ?? {};
    return {
      name,
      signals: signalNames.filter((signal) => signals === undefined || signals.split("+").includes(signal)),
    };
  });
}

/** The settings of the named destinations in an environment, by `<name>/<key>`. */
export function destinationTextsOf(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const found = names.flatMap((name) =>
    Object.keys(rows).flatMap((key): [string, string][] => {
      const text = env[variableOf(name, key)];
      return text === undefined || text.trim() === "" ? [] : [[`${name}/${key}`, text]];
    }),
  );
  return Object.fromEntries(found);
}

/**
 * A destination out of its texts (`<name>/<key>`), or everything that is wrong with them. Files are read by `readText`, which throws where it
 * cannot; without it they are left alone, as where settings are only checked.
 */
export function resolveDestination(
  name: string,
  texts: Readonly<Record<string, string>>,
  readText: (path: string) => string = () => "",
): { readonly destination?: Destination; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const values: Partial<Record<Key, string | boolean | readonly string[]>> = {};
  for (const [key, row] of Object.entries(rows) as [Key, Row][]) {
    const text = texts[`${name}/${key}`] ?? row.default;
    if (text === undefined) continue;
    const variable = variableOf(name, key);
    const parsed = parseValue({ ...row, env: variable }, text);
    if (parsed.kind === "bad") problems.push(`${variable} must ${parsed.must}.`);
    else if (typeof parsed.value !== "number") values[key] = parsed.value;
  }
  const endpoint = textOf(values, "endpoint");
  if (endpoint === undefined && problems.length === 0) {
    problems.push(`${variableOf(name, "endpoint")} is not set, but SLUICE_DESTINATIONS names ${name}.`);
  }
  const files = filesOf(values, { name, problems, readText });
  const auth = authOf(values, files, { name, problems });
  const exporter = exporters[textOf(values, "protocol") ?? ""];
  if (problems.length > 0 || endpoint === undefined || !exporter) return { problems };
  const tls = tlsOf(values, files);
  const proxyUrl = textOf(values, "proxy-url");
  const more = { ...(tls && { tls }), ...(proxyUrl !== undefined && { proxyUrl }) };
  return { destination: { name, endpoint, auth, exporter, ...more }, problems };
}

const fileKeys = ["password-file", "token-file", "ca-file", "cert-file", "key-file"] as const;
type Files = { readonly [File in (typeof fileKeys)[number]]?: string };

interface FilesOptions {
  readonly name: string;
  readonly problems: string[];
  readonly readText: (path: string) => string;
}

function filesOf(values: Values, { name, problems, readText }: FilesOptions): Files {
  const found: Partial<Record<(typeof fileKeys)[number], string>> = {};
  for (const key of fileKeys) {
    const path = textOf(values, key);
    if (path === undefined) continue;
    try {
      found[key] = readText(path);
    } catch (error) {
      problems.push(`${variableOf(name, key)}: ${errorText(error)}.`);
    }
  }
  return found;
}

interface AuthOptions {
  readonly name: string;
  readonly problems: string[];
}

function authOf(values: Values, files: Files, { name, problems }: AuthOptions): Auth {
  const text = (key: Key) => textOf(values, key) ?? "";
  const found: Auth[] = [];
  const password = textOf(values, "password") ?? files["password-file"]?.trim();
  if (values.username !== undefined || password !== undefined) {
    found.push({ kind: "basic", username: text("username"), password: secret(password ?? "") });
  }
  const token = textOf(values, "token") ?? files["token-file"]?.trim();
  if (token !== undefined) found.push({ kind: "bearer", token: secret(token) });
  if (Array.isArray(values.headers)) found.push(headersOf(values.headers, name, problems));
  if (values["oauth2-token-url"] !== undefined) {
    const scopes = values["oauth2-scopes"];
    found.push({
      kind: "oauth2",
      clientId: text("oauth2-client-id"),
      clientSecret: secret(text("oauth2-client-secret")),
      tokenUrl: text("oauth2-token-url"),
      scopes: Array.isArray(scopes) ? scopes : [],
      endpointParams: {},
    });
  }
  if (values["sigv4-region"] !== undefined) {
    const roleArn = textOf(values, "sigv4-role-arn");
    const role = roleArn === undefined ? {} : { roleArn };
    found.push({ kind: "sigv4", region: text("sigv4-region"), service: text("sigv4-service"), ...role });
  }
  if (found.length > 1) {
    problems.push(`The destination ${name} has ${found.length} kinds of authentication: it must have one.`);
  }
  return found[0] ?? { kind: "none" };
}

function headersOf(entries: readonly string[], name: string, problems: string[]): Auth {
  const pairs = entries.map((entry) => /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(.*)$/.exec(entry));
  if (pairs.includes(null)) problems.push(`${variableOf(name, "headers")} must be a list of name=value.`);
  return {
    kind: "headers",
    headers: Object.fromEntries(
      pairs.flatMap((pair) => (pair ? [[(pair[1] ?? "").toLowerCase(), secret(pair[2] ?? "")] as const] : [])),
    ),
  };
}

function tlsOf(values: Values, files: Files): Tls | undefined {
  const serverName = textOf(values, "server-name");
  const version = values["min-tls-version"];
  const { "ca-file": ca, "cert-file": cert, "key-file": key } = files;
  const tls: Tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: secret(key) }),
    ...(serverName !== undefined && { serverName }),
    ...((version === "TLSv1.2" || version === "TLSv1.3") && { minVersion: version }),
    ...(values["insecure-skip-verify"] === true && { insecureSkipVerify: true }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}

function textOf(values: Values, key: Key): string | undefined {
  const value = values[key];
  return typeof value === "string" ? value : undefined;
}

function variableOf(name: string, key: string): string {
  return `SLUICE_DESTINATION_${`${name}_${key}`.toUpperCase().replaceAll("-", "_")}`;
}
