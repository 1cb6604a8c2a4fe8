import { createOutlet } from "../../daemon/components/otelcol/output.ts";
import {
  type OtlpReceiverArguments,
  otlpReceiverArguments,
} from "../../daemon/components/otelcol/receiver/otlp-arguments.ts";
import { untilAborted } from "../../daemon/components/until-aborted.ts";
import type { OtlpConsumer, OtlpRequest } from "../../daemon/controller/capsules.ts";
import { defineComponent } from "../../daemon/controller/component.ts";
import { intakeService } from "./intake.ts";

/**
 * `otelcol.receiver.otlp` in a function: takes what the function's handler was invoked with. The load balancer listens, so
 * addresses, TLS and limits of the blocks are the deployment's, and have no effect here; `include_metadata` has.
 */
export const functionReceiver = defineComponent({
  name: "otelcol.receiver.otlp",
  stability: "generally-available",
  arguments: otlpReceiverArguments,
  exports: {},
  build(given, context) {
    const intake = context.service(intakeService);
    let outlet = createOutlet(given.output, context);
    let current = given;
    const consumer: OtlpConsumer = {
      accept: (request, abort) => outlet.accept(keepsMetadata(current) ? request : withoutMetadata(request), abort),
    };

    return {
      exports: {},
      async run(abort) {
        intake.wire(context.id, consumer);
        await untilAborted(abort);
        intake.wire(context.id, undefined);
      },
      update(next) {
        outlet = createOutlet(next.output, context);
        current = next;
      },
    };
  },
});

function keepsMetadata({ http, grpc }: Pick<OtlpReceiverArguments, "http" | "grpc">): boolean {
  return http?.include_metadata === true || grpc?.include_metadata === true;
}

function withoutMetadata({ metadata: _unasked, ...request }: OtlpRequest): OtlpRequest {
  return request;
}
