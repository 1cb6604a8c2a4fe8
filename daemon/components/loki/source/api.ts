import { attribute, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet, mergeLabels } from "../../../../shared/loki/labels.ts";
import { createHttpServer, type HttpServer } from "../../../../shared/node/http-server.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { httpListenerFields } from "../../blocks/http-listener.ts";
import { untilAborted } from "../../until-aborted.ts";
import { createRelabelEntries } from "../relabel-entries.ts";
import { createPushHandler } from "./push-handler.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(logsReceiver)),
  labels: attribute(map(string), { says: "Labels of every entry." }),
  relabel_rules: attribute(relabelRules),
  use_incoming_timestamp: attribute(bool),
});

type Arguments = DecodedBy<typeof args>;
type Send = (entries: readonly Entry[]) => Promise<void>;

const maxBytesHeld = 128 * 1_048_576;
const maxCached = 10_000;

/** `loki.source.api`: takes what is pushed as to Loki. A client is answered when its entries are durable. */
export const api = defineComponent({
  name: "loki.source.api",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let send = sender(given, context);
    let server: HttpServer | undefined;
    let port = 0;

    async function listen(): Promise<void> {
      const { http } = current;
      const started = serverOf(current, (entries) => send(entries));
      ({ port } = await started.listen(http.listen_port, http.listen_address || "0.0.0.0"));
      server = started;
    }

    return {
      exports: {},
      async run(abort) {
        await listen();
        await untilAborted(abort);
        await server?.close(current.graceful_shutdown_timeout);
      },
      async update(next) {
        const isSame = JSON.stringify(next.http) === JSON.stringify(current.http);
        current = next;
        send = sender(next, context);
        if (isSame || server === undefined) return;
        await server.close(next.graceful_shutdown_timeout);
        await listen();
      },
      debugInfo: () => ({ port }),
    };
  },
});

function serverOf({ http }: Arguments, send: Send): HttpServer {
  let heldBytes = 0;
  return createHttpServer({
    handle: createPushHandler({ send, waitMs: http.server_write_timeout / 2, maxBytes: http.max_body_size }),
    maxBodyBytes: http.max_body_size,
    bodyTimeoutMs: http.server_read_timeout,
    keepAliveTimeoutMs: http.server_idle_timeout,
    ...(http.conn_limit > 0 && { maxConnections: http.conn_limit }),
    keep(bytes) {
      if (heldBytes + bytes > maxBytesHeld) return false;
      heldBytes += bytes;
      return true;
    },
    release(bytes) {
      heldBytes -= bytes;
    },
  });
}

/** Puts labels and rules to work, and times where the client's are not wanted. */
function sender(given: Arguments, { clock }: Pick<ComponentContext<unknown>, "clock">): Send {
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
    const kept = relabelled(labelled).map(withoutMeta);
    if (kept.length > 0) await receiver.consume(kept);
  };
}

function withoutMeta(entry: Entry): Entry {
  if (!entry.labels.some(({ name }) => name.startsWith("__"))) return entry;
  return { ...entry, labels: entry.labels.filter(({ name }) => !name.startsWith("__")) };
}
