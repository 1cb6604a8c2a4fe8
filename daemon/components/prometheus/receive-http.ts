import { attribute, type DecodedBy, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { oneOf } from "../../../shared/alloy/text-types.ts";
import type { HttpAnswer, HttpRequest } from "../../../shared/http/message.ts";
import { createHttpServer, type HttpServer } from "../../../shared/node/http-server.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import { receiveWrite, writeMessages } from "../../../shared/prometheus/receive-write.ts";
import type { SampleBatch } from "../../../shared/prometheus/sample.ts";
import { createSeriesCache } from "../../../shared/prometheus/series-cache.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { httpListenerFields } from "../blocks/http-listener.ts";
import { untilAborted } from "../until-aborted.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(sampleReceiver), { says: "Where samples go." }),
  append_metadata: attribute(bool, { says: "Taken, and without effect: metadata is always handed on." }),
  accepted_remote_write_protobuf_messages: attribute(list(oneOf(writeMessages)), {
    default: [...writeMessages],
    says: "Messages that clients may send.",
  }),
});

type Args = DecodedBy<typeof args>;

const PATH = "/api/v1/metrics/write";
const MAX_BYTES_HELD = 128 * 2 ** 20;
const MAX_SERIES = 200_000;
const RETRY_AFTER_SECONDS = "5";

/** Takes samples over remote write. A client is answered when its samples are durable. */
export const receiveHttp = defineComponent({
  name: "prometheus.receive_http",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context: ComponentContext<Readonly<Record<never, never>>>) {
    const series = createSeriesCache(MAX_SERIES);
    let current = given;
    let hasTold = false;
    let server: HttpServer | undefined;
    let port = 0;

    async function handle(request: HttpRequest): Promise<HttpAnswer> {
      if (request.path !== PATH) {
        return { status: 404, headers: {}, body: new TextEncoder().encode(`samples are taken at ${PATH}\n`) };
      }
      const received = receiveWrite(request, {
        accepted: current.accepted_remote_write_protobuf_messages,
        maxBytes: current.http.max_body_size,
        series,
      });
      if (received.kind === "refused") {
        const { status } = received.answer;
        context.emit("write.refused", { status, message: new TextDecoder().decode(received.answer.body).trim() });
        return received.answer;
      }
      if (received.invalid.reason !== "") {
        tellInvalid(received.invalid);
      }
      return (await isDurable(received.batch)) ? received.answer : busy();
    }

    function tellInvalid({ samples, reason }: { readonly samples: number; readonly reason: string }): void {
      context.metrics.add("prometheus_receive_http_invalid_samples_total", { component_id: context.id }, samples);
      if (!hasTold) {
        hasTold = true;
        context.emit("samples.dropped", { reason: "invalid_labels", samples, example: reason });
      }
    }

    /** False when it takes so long that the client should come back; what it sends then again is known by its time. */
    async function isDurable(batch: SampleBatch): Promise<boolean> {
      const waiting = new AbortController();
      const durable = fanOutSamples(current.forward_to)
        .consume(batch)
        .then(
          () => true,
          () => false,
        );
      const late = context.clock.sleep(current.http.server_write_timeout / 2, waiting.signal).then(() => false);
      const isDone = await Promise.race([durable, late]);
      waiting.abort();
      return isDone;
    }

    async function listen(): Promise<void> {
      const started = serverOf(current, handle);
      ({ port } = await started.listen(current.http.listen_port, current.http.listen_address || "0.0.0.0"));
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
        if (isSame || server === undefined) {
          return;
        }
        await server.close(next.graceful_shutdown_timeout);
        await listen();
      },
      debugInfo: () => ({ port }),
    };
  },
});

function busy(): HttpAnswer {
  const body = new TextEncoder().encode("the samples are not durable yet, send them again\n");
  return { status: 503, headers: { "retry-after": RETRY_AFTER_SECONDS }, body };
}

function serverOf({ http }: Args, handle: (request: HttpRequest) => Promise<HttpAnswer>): HttpServer {
  let heldBytes = 0;
  return createHttpServer({
    handle,
    maxBodyBytes: http.max_body_size,
    bodyTimeoutMs: http.server_read_timeout,
    keepAliveTimeoutMs: http.server_idle_timeout,
    ...(http.conn_limit > 0 && { maxConnections: http.conn_limit }),
    keep(bytes) {
      if (heldBytes + bytes > MAX_BYTES_HELD) {
        return false;
      }
      heldBytes += bytes;
      return true;
    },
    release(bytes) {
      heldBytes -= bytes;
    },
  });
}
