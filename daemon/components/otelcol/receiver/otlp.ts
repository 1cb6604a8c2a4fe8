import { formats } from "../../../../shared/batch/formats.ts";
import { signals } from "../../../../shared/otlp/signals.ts";
import { withSenders } from "../../../../shared/senders/with-senders.ts";
import { bySignal } from "../../../../shared/telemetry/metrics/otelcol-metrics.ts";
import type { OtlpConsumer } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { budgetService } from "../../../egress/services.ts";
import type { GrpcConnections } from "../../../ingress/grpc-ingress.ts";
import type { OtlpServer } from "../../../ingress/otlp-server.ts";
import {
  createGrpcReceiver,
  createHttpReceiver,
  type HttpConnections,
  type ServerOptions,
} from "../../../ingress/otlp-servers.ts";
import { serverHostService } from "../../../ingress/server-host.ts";
import { untilAborted } from "../../until-aborted.ts";
import { createOutlet } from "../output.ts";
import { tlsMaterialOf } from "../tls.ts";
import { type OtlpReceiverArguments as Args, otlpReceiverArguments, placeOf } from "./otlp-arguments.ts";

/** `otelcol.receiver.otlp`: takes OTLP over gRPC and HTTP, and answers when it is durable. */
export const otlp = defineComponent({
  name: "otelcol.receiver.otlp",
  stability: "generally-available",
  arguments: otlpReceiverArguments,
  exports: {},
  build(given, context) {
    let outlet = createOutlet(given.output, context);
    let current = given;
    let open: Open | undefined;
    let isRunning = false;
    const receiver = { accept: (...request: Parameters<OtlpConsumer["accept"]>) => outlet.accept(...request) };

    return {
      exports: {},
      async run(abort) {
        isRunning = true;
        open = await openServers(current, receiver, context);
        await untilAborted(abort);
        isRunning = false;
        await open.close();
      },
      async update(next) {
        outlet = createOutlet(next.output, context);
        const isSame = JSON.stringify(listening(next)) === JSON.stringify(listening(current));
        current = next;
        if (!isRunning) return;
        if (isSame) open?.renew(next);
        else {
          await open?.close();
          open = await openServers(next, receiver, context);
        }
      },
      debugInfo: () => ({ endpoints: open?.addresses ?? [] }),
    };
  },
});

/** What cannot change while a server listens. Handlers are compared by whether there is one. */
function listening({ grpc: overGrpc, http: overHttp }: Args): unknown {
  return [overGrpc, overHttp].map((given) => given && { ...given, auth: given.auth !== undefined });
}

interface Open {
  readonly addresses: readonly string[];
  /** Reads certificates again. */
  renew(given: Args): void;
  close(): Promise<void>;
}

/** Listens; a port that cannot be had makes the component unhealthy, and the process goes on. */
async function openServers(given: Args, receiver: OtlpConsumer, context: ComponentContext<unknown>): Promise<Open> {
  const { emit, setHealth } = context;
  const host = context.service(serverHostService);
  const servers: { readonly server: OtlpServer; readonly address: string; readonly tls: () => Tls | undefined }[] = [];
  const shown = new Map<OtlpServer, string>();
  let current = given;
  const reloads = [given.grpc, given.http].map((each) => each?.tls?.reload_interval || lookAtFilesMs);
  const watching = setInterval(
    () => {
      try {
        renew();
      } catch {
        // Files that are being replaced: the certificate in use stays until they fit together.
      }
    },
    Math.min(...reloads),
  );
  const close = async (): Promise<void> => {
    clearInterval(watching);
    await Promise.all(servers.map(({ server }) => server.close(host.closeMs)));
  };
  try {
    const { grpc: overGrpc, http: overHttp } = given;
    if (overGrpc) {
      const server = await createGrpcReceiver({
        ...serverOptions(overGrpc, overGrpc.max_recv_msg_size, { receiver, context, transport: "grpc" }),
        connections: grpcConnections(overGrpc),
      });
      const address = await host.listen(server, { transport: "grpc", ...placeIn(overGrpc.endpoint) });
      servers.push({ server, address, tls: () => current.grpc?.tls });
      emit("receiver.grpc", { endpoint: address });
    }
    if (overHttp) {
      const options = serverOptions(overHttp, overHttp.max_request_body_size, { receiver, context, transport: "http" });
      const corsOrigins = overHttp.cors?.allowed_origins ?? [];
      const server = createHttpReceiver({
        ...options,
        corsOrigins,
        paths: pathsOf(overHttp),
        connections: httpConnections(overHttp),
      });
      const address = await host.listen(server, { transport: "http", ...placeIn(overHttp.endpoint) });
      servers.push({ server, address, tls: () => current.http?.tls });
      emit("receiver.http", { endpoint: address });
    }
    setHealth("healthy", "started scheduled components");
  } catch (error) {
    const problem = error instanceof Error ? error : new Error(String(error));
    emit("receiver.failed", { message: problem.message });
    setHealth("unhealthy", `failed to create components: ${problem.message}`);
    host.failed(problem);
  }
  return {
    addresses: servers.map(({ address }) => address),
    renew(next) {
      current = next;
      renew();
    },
    close,
  };

  function renew(): void {
    for (const { server, tls } of servers) {
      const material = tlsMaterialOf(tls());
      const text = JSON.stringify(material);
      if (!material || shown.get(server) === text) continue;
      server.setTls(material);
      shown.set(server, text);
    }
  }
}

type Tls = NonNullable<NonNullable<Args["grpc"]>["tls"]>;

/** A certificate in a file may be replaced at any time, without a load. */
const lookAtFilesMs = 60_000;

function serverOptions(
  given: Pick<NonNullable<Args["grpc"]>, "auth" | "tls" | "include_metadata">,
  maxRequestBytes: number,
  { receiver, context, transport }: { receiver: OtlpConsumer; context: ComponentContext<unknown>; transport: string },
): ServerOptions {
  const { id, emit, metrics } = context;
  const { health, inTurn, senderLimits: limits } = context.service(serverHostService);
  const accept: OtlpConsumer["accept"] = async (request, abort) => {
    const acceptance = await receiver.accept(request, abort);
    const { signal } = formats[request.format];
    const kind = acceptance.kind === "accepted" ? bySignal.accepted : bySignal.refused;
    metrics.add(kind[signal], { component_id: id, transport }, request.items);
    return acceptance;
  };
  return {
    health,
    inTurn,
    accept: limits ? withSenders(accept, { limits, emit }) : accept,
    ...(limits && { limits }),
    budget: context.service(budgetService),
    emit,
    maxRequestBytes,
    auth: given.auth?.server ?? (() => []),
    keepsMetadata: given.include_metadata,
    tls: tlsMaterialOf(given.tls),
  };
}

/** A zero leaves gRPC's own, as for Alloy. */
function grpcConnections({ max_concurrent_streams: streams, keepalive }: NonNullable<Args["grpc"]>): GrpcConnections {
  const { max_connection_idle, max_connection_age, max_connection_age_grace, time, timeout } =
    keepalive?.server_parameters ?? noParameters;
  return {
    ...(streams > 0 && { maxStreamsPerConnection: streams }),
    ...(max_connection_idle > 0 && { idleMs: max_connection_idle }),
    ...(max_connection_age > 0 && { ageMs: max_connection_age }),
    ...(max_connection_age_grace > 0 && { ageGraceMs: max_connection_age_grace }),
    ...(time > 0 && { pingMs: time }),
    ...(timeout > 0 && { pingTimeoutMs: timeout }),
  };
}

const noParameters = {
  max_connection_idle: 0,
  max_connection_age: 0,
  max_connection_age_grace: 0,
  time: 0,
  timeout: 0,
};

/** Zero means no limit in Alloy: a body and an answer have those of the server then. */
function httpConnections(given: NonNullable<Args["http"]>): HttpConnections {
  return {
    ...(given.idle_timeout > 0 && { keepAliveTimeoutMs: given.idle_timeout }),
    ...(given.read_timeout > 0 && { bodyTimeoutMs: given.read_timeout }),
    ...(given.write_timeout > 0 && { answerTimeoutMs: given.write_timeout }),
    ...(given.read_header_timeout > 0 && { headersTimeoutMs: given.read_header_timeout }),
    closesConnections: !given.keep_alives_enabled,
  };
}

function pathsOf(given: NonNullable<Args["http"]>): ReadonlyMap<string, string> {
  const own = [
    [given.traces_url_path, signals.traces.path],
    [given.metrics_url_path, signals.metrics.path],
    [given.logs_url_path, signals.logs.path],
  ] as const;
  return new Map(own.some(([path, standard]) => path !== standard) ? own : []);
}

function placeIn(endpoint: string): { readonly host: string; readonly port: number } {
  return placeOf(endpoint) ?? { host: "0.0.0.0", port: 0 };
}
