import { attribute, block, blocks, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map } from "../../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import type { EntryReceiver } from "../../../../shared/loki/entry-receiver.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet } from "../../../../shared/loki/labels.ts";
import { parseRfc3164, parseRfc5424, type SyslogMessage } from "../../../../shared/loki/parse-syslog.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { tlsConfig } from "../../blocks/http-client.ts";
import { untilAborted } from "../../until-aborted.ts";
import { createRelabelEntries, type RelabelEntries } from "../relabel-entries.ts";
import { listenForSyslog, type SyslogListener } from "./syslog-listener.ts";

const formats = ["rfc5424", "rfc3164", "raw"];

const listener = table(
  {
    address: required(string),
    protocol: attribute(string, { default: "tcp" }),
    idle_timeout: attribute(duration, { default: 120_000 }),
    label_structured_data: attribute(bool),
    labels: attribute(map(string)),
    use_incoming_timestamp: attribute(bool),
    use_rfc5424_message: attribute(bool, { help: "The line is the whole message." }),
    rfc3164_default_to_current_year: attribute(bool, {
      help: "Always so here; December read in January is of last year.",
    }),
    max_message_length: attribute(int, { default: 8192 }),
    syslog_format: attribute(string, { default: "rfc5424" }),
    tls_config: block(tlsConfig),
  },
  {
    validate({ protocol, syslog_format: format, address }) {
      if (protocol !== "tcp" && protocol !== "udp") {
        return `syslog listener protocol should be either 'tcp' or 'udp', got ${protocol}`;
      }
      if (!formats.includes(format)) return `unknown syslog format: ${JSON.stringify(format)}`;
      return /:\d{1,5}$/.test(address) ? undefined : `the address ${JSON.stringify(address)} has no port`;
    },
  },
);
const args = table({
  listener: blocks(listener),
  forward_to: required(list(logsReceiver)),
  relabel_rules: attribute(relabelRules),
});

type Arguments = DecodedBy<typeof args>;
type Listener = DecodedBy<typeof listener>;

const maxCached = 10_000;
/** Different problems that are logged; all are counted. */
const maxTold = 100;

/** `loki.source.syslog`: takes syslog (RFC 5424, RFC 3164 or any text) over TCP, TLS and UDP. */
export const syslog = defineComponent({
  name: "loki.source.syslog",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let listeners: readonly SyslogListener[] = [];
    let restarted: () => void = () => {};
    return {
      exports: {},
      async run(abort) {
        while (!abort.aborted) {
          const restart = new AbortController();
          restarted = () => restart.abort();
          const refuse = refuser(context);
          const take = taker(current, refuse, context);
          const listening = current.listener.map((each) => listen(each, take, refuse));
          listeners = await Promise.all(listening);
          await untilAborted(AbortSignal.any([abort, restart.signal]));
          await Promise.all(listeners.map((each) => each.close()));
        }
      },
      update(next) {
        current = next;
        restarted();
      },
      debugInfo: () => ({ ports: listeners.map(({ port }) => port) }),
    };
  },
});

type Take = (given: Listener, text: string, address: string) => Promise<void>;

type Refuse = (message: string) => void;

function refuser({ id, emit, metrics }: ComponentContext<unknown>): Refuse {
  const told = new Set<string>();
  return (message) => {
    metrics.add("loki_source_syslog_parsing_errors_total", { component_id: id });
    if (told.has(message) || told.size >= maxTold) return;
    told.add(message);
    emit("syslog.refused", { message });
  };
}

function listen(given: Listener, take: Take, refuse: Refuse): Promise<SyslogListener> {
  return listenForSyslog({
    address: given.address,
    protocol: given.protocol,
    idleTimeoutMs: given.idle_timeout,
    maxMessageBytes: given.max_message_length,
    tls: given.tls_config,
    onMessage: (text, address) => take(given, text, address),
    onProblem: refuse,
  });
}

/** Parses a message and sends it on; resolves when it is durable, or was not a message and was logged. */
function taker(
  { forward_to: receivers, relabel_rules: rules = [] }: Arguments,
  refuse: Refuse,
  context: ComponentContext<unknown>,
): Take {
  const receiver: EntryReceiver = fanOut(receivers);
  const relabelled: RelabelEntries = createRelabelEntries(rules, maxCached);
  let lastTime = 0n;

  function now(): bigint {
    const time = BigInt(Math.floor(context.clock.now())) * 1_000_000n;
    lastTime = time > lastTime ? time : lastTime + 1n;
    return lastTime;
  }

  return async (given, text, address) => {
    const message = parse(given.syslog_format, text, context.clock.now());
    if (message === undefined) {
      refuse(`${address}: not a message of ${given.syslog_format}`);
      return;
    }
    context.metrics.add("loki_source_syslog_entries_total", { component_id: context.id });
    if (message.message === "") {
      context.metrics.add("loki_source_syslog_empty_messages_total", { component_id: context.id });
      return;
    }
    const labels = labelSet([
      ...given.labels,
      ["__syslog_connection_ip_address", address],
      ...messageLabels(message, given),
    ]);
    const time = given.use_incoming_timestamp ? message.timeUnixNano : undefined;
    const line = given.use_rfc5424_message ? text : message.message;
    const entries = relabelled.entries([{ labels, timeUnixNano: time ?? now(), line, metadata: [] }]).map((entry) => ({
      ...entry,
      labels: entry.labels.filter(({ name }) => !name.startsWith("__")),
    }));
    // What cannot be made durable before the process stops has no sender left to answer.
    if (entries.length > 0) await receiver.consume(entries).catch(() => {});
  };
}

function parse(format: string, text: string, nowMs: number): SyslogMessage | undefined {
  if (format === "raw") return { severity: "", facility: "", message: text };
  return format === "rfc5424" ? parseRfc5424(text) : parseRfc3164(text, nowMs);
}

function* messageLabels(
  message: SyslogMessage,
  { label_structured_data: asLabels }: Listener,
): Generator<[string, string]> {
  const parts = {
    severity: message.severity,
    facility: message.facility,
    hostname: message.hostname,
    app_name: message.appName,
    proc_id: message.procId,
    msg_id: message.msgId,
  };
  for (const [name, value] of Object.entries(parts)) if (value) yield [`__syslog_message_${name}`, value];
  if (!asLabels) return;
  for (const [id, values] of message.structuredData ?? []) {
    for (const [name, value] of values) yield [`__syslog_message_sd_${id.replaceAll("@", "_")}_${name}`, value];
  }
}
