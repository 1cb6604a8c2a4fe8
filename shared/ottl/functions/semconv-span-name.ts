import { keyOf, type MapKey } from "../../edit/any-value.ts";
import { bytesField } from "../../edit/encode-field.ts";
import type { MessageView } from "../../edit/message-view.ts";
import { utf8 } from "../../edit/text.ts";
import type { Args } from "../args.ts";
import type { Editor } from "../function.ts";
import { valueText } from "../text.ts";

/** `set_semconv_span_name`: the name that the semantic conventions give a span of HTTP, RPC, databases or messaging. */
export const semconvNameEditor: Editor = {
  name: "set_semconv_span_name",
  parameters: ["semconv_version", "original_span_name_attribute?"],
  build: (args) => {
    checkVersion(args, args.literalString("semconv_version"));
    const keep = args.has("original_span_name_attribute")
      ? args.literalString("original_span_name_attribute")
      : undefined;
    if (keep === "") throw args.problem("original_span_name_attribute cannot be an empty string");
    const key = keep === undefined ? undefined : keyOf(keep);
    return ({ scene: { item } }) => {
      const before = item.text(5);
      const name = nameOf(item);
      if (name === "" || name === before) return;
      item.put(5, bytesField(5, utf8(name)));
      if (key) item.map(9).set(key, before);
    };
  },
};

const version = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** 1.37.0 to 1.40.0, as the Collector knows them; the names are the same for all. */
function checkVersion(args: Args, text: string): void {
  const [, major, minor = "0", patch = "0", prerelease] = version.exec(text) ?? [];
  if (major === undefined) throw args.problem(`failed to parse semconv version ${JSON.stringify(text)}`);
  const number = Number(minor) * 1e6 + Number(patch) - (prerelease === undefined ? 0 : 0.5);
  if (Number(major) !== 1 || number < 37e6 || number > 40e6)
    throw args.problem(`unsupported semconv version ${JSON.stringify(text)}: must be between 1.37.0 and 1.40.0`);
}

const [server, client, producer, consumer] = [2n, 3n, 4n, 5n];

/** "" where no convention has a name. */
function nameOf(span: MessageView): string {
  const kind = span.varint(6);
  const attributes = new Attributes(span);
  if (kind === server) return httpName(attributes, "http.route") || rpcName(attributes) || messagingName(attributes);
  if (kind === client)
    return (
      httpName(attributes, "url.template") || rpcName(attributes) || dbName(attributes) || messagingName(attributes)
    );
  return kind === producer || kind === consumer ? messagingName(attributes) : "";
}

function httpName(attributes: Attributes, subject: string): string {
  const method = attributes.text("http.request.method", "http.method");
  if (method === undefined) return "";
  const what = attributes.text(subject);
  return what === undefined ? method : `${method} ${what}`;
}

function rpcName(attributes: Attributes): string {
  const system = attributes.text("rpc.system.name", "rpc.system");
  if (system === undefined) return "";
  const method = attributes.text("rpc.method", "rpc.grpc.method");
  const service = attributes.text("rpc.service", "rpc.grpc.service");
  if (service === undefined) return method ?? system;
  return `${service}/${method ?? "*"}`;
}

function dbName(attributes: Attributes): string {
  const system = attributes.text("db.system.name", "db.system");
  if (system === undefined) return "";
  const summary = attributes.text("db.query.summary");
  if (summary !== undefined) return summary;
  const operation = attributes.text("db.operation.name", "db.operation") ?? "";
  return [operation, dbTarget(attributes)].filter((part) => part !== "").join(" ") || system;
}

function dbTarget(attributes: Attributes): string {
  const space = attributes.text("db.namespace", "db.name") ?? "";
  const what = attributes.text("db.collection.name", "db.stored_procedure.name");
  if (what !== undefined) return space === "" ? what : `${space}.${what}`;
  return space || serverOf(attributes);
}

function messagingName(attributes: Attributes): string {
  const system = attributes.text("messaging.system");
  if (system === undefined) return "";
  const operation = attributes.text("messaging.operation.name", "messaging.operation");
  const destination = messagingDestination(attributes);
  if (destination === "") return operation ?? system;
  return operation === undefined ? destination : `${operation} ${destination}`;
}

function messagingDestination(attributes: Attributes): string {
  if (attributes.isTrue("messaging.destination.temporary")) return "(temporary)";
  if (attributes.isTrue("messaging.destination.anonymous")) return "(anonymous)";
  return (
    attributes.text("messaging.destination.template") ??
    attributes.text("messaging.destination.name", "messaging.destination") ??
    serverOf(attributes)
  );
}

function serverOf(attributes: Attributes): string {
  const address = attributes.text("server.address");
  if (address === undefined) return "";
  const port = attributes.text("server.port");
  return port === undefined ? address : `${address}:${port}`;
}

const keys = new Map<string, MapKey>();

class Attributes {
  private readonly span: MessageView;

  constructor(span: MessageView) {
    this.span = span;
  }

  /** The value of the first of the keys that is there, as text. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const value = this.get(name);
      if (value !== undefined) return valueText(value);
    }
    return undefined;
  }

  isTrue(name: string): boolean {
    return this.get(name) === true;
  }

  private get(name: string) {
    let key = keys.get(name);
    if (key === undefined) {
      key = keyOf(name);
      keys.set(name, key);
    }
    return this.span.map(9).get(key);
  }
}
