import { attribute, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import type { HttpRequest } from "../../../../shared/http/message.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet, mergeLabels } from "../../../../shared/loki/labels.ts";
import { receivePush } from "../../../../shared/receivers/loki-push/receive.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { httpListenerFields } from "../../blocks/http-listener.ts";
import { createHttpListening, type HttpListening } from "../../http-listening.ts";
import { createRelabelEntries } from "../relabel-entries.ts";
import { observeRequests } from "./observe-requests.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(logsReceiver)),
  labels: attribute(map(string), { help: "Labels of every entry." }),
  relabel_rules: attribute(relabelRules),
  use_incoming_timestamp: attribute(bool),
});

type Arguments = DecodedBy<typeof args>;
type Send = (entries: readonly Entry[]) => Promise<void>;

const maxCached = 10_000;
const measureMs = 1_000;

/** `loki.source.api`: takes what is pushed as to Loki. A client is answered when its entries are durable. */
export const api = defineComponent({
  name: "loki.source.api",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let send = sender(given, context);
    const handle = (request: HttpRequest) => {
      const { server_write_timeout: timeout, max_body_size: maxBytes } = current.http;
      return receivePush(request, { send, clock: context.clock, waitMs: timeout / 2, maxBytes });
    };
    const listening = createHttpListening(given, observeRequests(handle, context));

    return {
      exports: {},
      async run(abort) {
        const measuring = measure(listening, context, abort);
        await listening.run(abort);
        await measuring;
      },
      async update(next) {
        current = next;
        send = sender(next, context);
        await listening.update(next);
      },
      debugInfo: () => ({ port: listening.port() }),
    };
  },
});

/** Says now and then how many connections are open. */
async function measure(
  { connections }: HttpListening,
  { id, clock, metrics }: Pick<ComponentContext<unknown>, "id" | "clock" | "metrics">,
  until: AbortSignal,
): Promise<void> {
  const set = (count: number) =>
    metrics.set("loki_source_api_tcp_connections", { component_id: id, protocol: "http" }, count);
  for (; !until.aborted; await clock.sleep(measureMs, until)) set(connections());
  set(0);
}

/** Puts labels and rules to work, and times where the client's are not wanted. */
function sender(
  given: Arguments,
  { id, clock, metrics }: Pick<ComponentContext<unknown>, "id" | "clock" | "metrics">,
): Send {
  const { forward_to: receivers, labels, relabel_rules: rules = [], use_incoming_timestamp: keepsTime } = given;
  const receiver = fanOut(receivers);
  const relabelled = createRelabelEntries(rules, maxCached);
  const own = labelSet(labels);
  let lastTime = 0n;

  return async (entries) => {
    const now = BigInt(Math.floor(clock.now())) * 1_000_000n;
    if (now > lastTime) lastTime = now;
    // Equal lines of one time would be one to Loki.
    const timed = keepsTime ? entries : entries.map((entry) => ({ ...entry, timeUnixNano: ++lastTime }));
    const labelled =
      own.length === 0 ? timed : timed.map((entry) => ({ ...entry, labels: mergeLabels(own, entry.labels) }));
    const kept = relabelled.entries(labelled).map(withoutMeta);
    if (kept.length === 0) return;
    await receiver.consume(kept);
    metrics.add("loki_source_api_entries_written", { component_id: id }, kept.length);
  };
}

function withoutMeta(entry: Entry): Entry {
  if (!entry.labels.some(({ name }) => name.startsWith("__"))) return entry;
  return { ...entry, labels: entry.labels.filter(({ name }) => !name.startsWith("__")) };
}
