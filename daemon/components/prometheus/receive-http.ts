import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { list } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { oneOf } from "../../../shared/alloy/text-types.ts";
import type { HttpAnswer, HttpRequest } from "../../../shared/http/message.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import { createSeriesCache } from "../../../shared/prometheus/series-cache.ts";
import { isDurableInTime } from "../../../shared/receivers/durable-in-time.ts";
import { receiveWrite, writeMessages } from "../../../shared/receivers/remote-write/receive.ts";
import { sampleReceiver } from "../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { httpListenerFields } from "../blocks/http-listener.ts";
import { createHttpListening } from "../http-listening.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(sampleReceiver), { help: "Where samples go." }),
  append_metadata: attribute(bool, { help: "Taken, and without effect: metadata is always handed on." }),
  accepted_remote_write_protobuf_messages: attribute(list(oneOf(writeMessages)), {
    default: [...writeMessages],
    help: "Messages that clients may send.",
  }),
});

const path = "/api/v1/metrics/write";
const maxSeries = 200_000;
const retryAfterSeconds = "5";

/** Takes samples over remote write. A client is answered when its samples are durable. */
export const receiveHttp = defineComponent({
  name: "prometheus.receive_http",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context: ComponentContext<Readonly<Record<never, never>>>) {
    const series = createSeriesCache(maxSeries);
    let current = given;
    let hasTold = false;
    const listening = createHttpListening(given, handle);

    async function handle(request: HttpRequest): Promise<HttpAnswer> {
      if (request.path !== path) {
        return { status: 404, headers: {}, body: new TextEncoder().encode(`samples are taken at ${path}\n`) };
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
      const durable = fanOutSamples(current.forward_to).consume(received.batch);
      const waitMs = current.http.server_write_timeout / 2;
      return (await isDurableInTime(durable, { clock: context.clock, waitMs })) ? received.answer : busy();
    }

    function tellInvalid({ samples, reason }: { readonly samples: number; readonly reason: string }): void {
      context.metrics.add("prometheus_receive_http_invalid_samples_total", { component_id: context.id }, samples);
      if (!hasTold) {
        hasTold = true;
        context.emit("samples.dropped", { reason: "invalid_labels", samples, example: reason });
      }
    }

    return {
      exports: {},
      run: listening.run,
      async update(next) {
        current = next;
        await listening.update(next);
      },
      debugInfo: () => ({ port: listening.port() }),
    };
  },
});

function busy(): HttpAnswer {
  const body = new TextEncoder().encode("the samples are not durable yet, send them again\n");
  return { status: 503, headers: { "retry-after": retryAfterSeconds }, body };
}
