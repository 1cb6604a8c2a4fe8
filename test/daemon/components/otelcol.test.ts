import { writeFileSync } from "node:fs";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { type AuthHandler, authHandler, type OtlpConsumer, otlpConsumer } from "../../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { createOpenEgress } from "../../../daemon/egress/open-egress.ts";
import { budgetService, egressService } from "../../../daemon/egress/services.ts";
import { createServerHost, serverHostService } from "../../../daemon/ingress/server-host.ts";
import type { Value } from "../../../shared/alloy/value.ts";
import { createDestinationAccess } from "../../../shared/aws/destination-access.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { openStorage, type Storage } from "../../../shared/node/disk-queue/storage.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../../support/components/component-stand.ts";
import { type FakeGrafana, startFakeGrafana } from "../../support/destination/fake-grafana.ts";
import { corpusCase } from "../../support/otlp/corpus.ts";
import { tailStand, until } from "../../support/tail-stand.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

let stand: ReturnType<typeof tailStand>;
let grafana: FakeGrafana;
let storage: Storage;
let running: { stop(): Promise<void> }[];
const access = createDestinationAccess({ clock: systemClock, maxSockets: 8, env: {} });
const budget = createBudget(2 ** 28);

beforeEach(async () => {
  stand = tailStand();
  grafana = await startFakeGrafana();
  running = [];
  const opened = await openStorage({
    path: stand.file("storage"),
    maxBytes: 2 ** 26,
    maxAgeMs: 86_400_000,
    clock: systemClock,
    emit: () => {},
  });
  if (opened.kind === "failed") throw new Error(opened.problem);
  storage = opened.storage;
});
afterEach(async () => {
  for (const each of running.toReversed()) await each.stop();
  await grafana.close();
  await storage.close();
  stand.remove();
});

function service<T>({ name }: ServiceKey<T>): T {
  const services = new Map<string, unknown>([
    [egressService.name, createOpenEgress({ ...access, storage, clock: systemClock, random: Math.random })],
    [budgetService.name, budget],
    [serverHostService.name, createServerHost()],
  ]);
  return services.get(name) as T;
}

async function start(name: string, text: string, variables: Readonly<Record<string, Value>> = {}) {
  const definition = components.get(name);
  if (!definition) throw new Error(`there is no ${name}`);
  const args = decodeArguments(definition.arguments, text, variables);
  const component = await runComponent(definition, args, { service, id: `${name}.test` });
  running.push(component);
  return component;
}

function input(component: RunningComponent<unknown, unknown>): Value {
  return otlpConsumer.encode((component.exports() as { input: OtlpConsumer }).input);
}

function handler(component: RunningComponent<unknown, unknown>): Value {
  return authHandler.encode((component.exports() as { handler: AuthHandler }).handler);
}

function to(variable: string): string {
  return `output {
    metrics = [${variable}]
    logs = [${variable}]
    traces = [${variable}]
  }`;
}

async function exporter(more = "") {
  const auth = await start(
    "otelcol.auth.basic",
    `username = "${grafana.instanceId}"
     password = "${grafana.apiKey}"`,
  );
  return start(
    "otelcol.exporter.otlphttp",
    `client {
       endpoint = "${grafana.endpoint}"
       auth = handler
     }
     ${more}`,
    { handler: handler(auth) },
  );
}

async function receiver(consumer: Value) {
  const component = await start(
    "otelcol.receiver.otlp",
    `grpc { endpoint = "127.0.0.1:0" }
     http { endpoint = "127.0.0.1:0" }
     ${to("consumer")}`,
    { consumer },
  );
  await until(() => endpoints(component).length === 2);
  return endpoints(component)[1] as string;
}

function endpoints(component: RunningComponent<unknown, unknown>): readonly string[] {
  return component.component.debugInfo?.().endpoints as readonly string[];
}

function nameOnCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

async function post(address: string, body: Uint8Array, path = signals.traces.path): Promise<number> {
  const answer = await fetch(`http://${address}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Items that the destination took, all deliveries counted. */
function delivered(): number {
  return [...grafana.delivered.values()].reduce((sum, count) => sum + count, 0);
}

describe("a pipeline of OTLP", () => {
  it("delivers what receiver, batch and exporter take, with the credentials of a handler", async () => {
    const batch = await start("otelcol.processor.batch", to("next"), { next: input(await exporter()) });
    const address = await receiver(input(batch));
    const { protobuf, items } = await corpusCase("traces", "typical");
    expect(await post(address, protobuf)).toBe(200);
    expect(delivered()).toBe(items);
    expect(grafana.complaints).toEqual([]);
  });

  it("shows a certificate that has been replaced in its file, without a load", async () => {
    const install = (name: string) => {
      writeFileSync(stand.file("tls.pem"), tlsText(`${name}.pem`));
      writeFileSync(stand.file("tls.key"), tlsText(`${name}.key`));
    };
    install("server");
    const component = await start(
      "otelcol.receiver.otlp",
      `http {
         endpoint = "127.0.0.1:0"
         tls {
           cert_file = "${stand.file("tls.pem")}"
           key_file = "${stand.file("tls.key")}"
           reload_interval = "50ms"
         }
       }
       ${to("consumer")}`,
      { consumer: input(await exporter()) },
    );
    await until(() => endpoints(component).length === 1);
    const port = Number(endpoints(component)[0]?.split(":").at(-1));
    expect(await nameOnCertificate(port)).toBe("sluice test server");
    writeFileSync(stand.file("tls.key"), "half of a key");
    install("renewed");
    await expect.poll(() => nameOnCertificate(port)).toBe("sluice test renewed");
  });

  it("lets in whom the password file of its handler names", async () => {
    const users = await start("otelcol.auth.basic", 'htpasswd { inline = "a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=" }');
    const component = await start(
      "otelcol.receiver.otlp",
      `http {
         endpoint = "127.0.0.1:0"
         auth = handler
       }
       ${to("consumer")}`,
      { consumer: input(await exporter()), handler: handler(users) },
    );
    await until(() => endpoints(component).length === 1);
    const { protobuf } = await corpusCase("traces", "typical");
    const status = async (credentials: string) => {
      const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
      const headers = { "content-type": "application/x-protobuf", authorization };
      const url = `http://${endpoints(component)[0]}${signals.traces.path}`;
      return (await fetch(url, { method: "POST", headers, body: protobuf })).status;
    };
    expect([await status("a:secret"), await status("a:other"), await status("b:secret")]).toEqual([200, 401, 401]);
  });

  it("keeps in the queue what the destination does not take, and delivers it when it does", async () => {
    grafana.behave(() => ({ status: 503 }));
    const address = await receiver(input(await exporter('retry_on_failure { initial_interval = "200ms" }')));
    const { protobuf, items } = await corpusCase("traces", "small");
    expect(await post(address, protobuf)).toBe(200);
    expect(delivered()).toBe(0);
    grafana.behave(() => undefined);
    await until(() => delivered() === items);
  });

  it("asks clients to send again where there is no queue", async () => {
    grafana.behave(() => ({ status: 503, headers: { "retry-after": "30" } }));
    const address = await receiver(input(await exporter("sending_queue { enabled = false }")));
    expect(await post(address, (await corpusCase("traces", "small")).protobuf)).toBe(503);
  });

  it("drops by a rule, changes by another, and counts both", async () => {
    const transform = await start(
      "otelcol.processor.transform",
      `trace_statements {
         context = "span"
         statements = [\`set(attributes["seen"], true)\`]
       }
       ${to("next")}`,
      { next: input(await exporter()) },
    );
    const filter = await start(
      "otelcol.processor.filter",
      `traces { span = [\`true\`] }
       ${to("next")}`,
      { next: input(transform) },
    );
    const address = await receiver(input(filter));
    const traces = await corpusCase("traces", "small");
    const logs = await corpusCase("logs", "small");
    expect(await post(address, traces.protobuf)).toBe(200);
    expect(await post(address, logs.protobuf, signals.logs.path)).toBe(200);
    expect(delivered()).toBe(logs.items);
    const dropped = filter.metrics.snapshot();
    expect(JSON.stringify(dropped)).toContain("otelcol_processor_dropped_items_total");
  });

  it("counts and tells once what an empty output drops", async () => {
    const batch = await start("otelcol.processor.batch", "output { }");
    const address = await receiver(input(batch));
    const { protobuf } = await corpusCase("traces", "small");
    expect([await post(address, protobuf), await post(address, protobuf)]).toEqual([200, 200]);
    expect(batch.events.filter(({ name }) => name === "items.dropped")).toHaveLength(1);
  });

  it("refuses at load to send a signal to what has no use for it", async () => {
    const metricsOnly = otlpConsumer.encode({ signals: ["metrics"], accept: async () => ({ kind: "accepted" }) });
    await expect(start("otelcol.processor.batch", to("next"), { next: metricsOnly })).rejects.toThrow(/traces|logs/);
  });

  it("detects what the environment says of the resource", async () => {
    process.env.OTEL_RESOURCE_ATTRIBUTES = "deployment.environment=a%20b";
    try {
      const detection = await start(
        "otelcol.processor.resourcedetection",
        `detectors = ["env", "system"]
         system {
           hostname_sources = ["os"]
           resource_attributes {
             host.arch { enabled = true }
           }
         }
         ${to("next")}`,
        { next: input(await exporter()) },
      );
      const address = await receiver(input(detection));
      expect(await post(address, (await corpusCase("traces", "small")).protobuf)).toBe(200);
      const body = Buffer.from(grafana.requests[0]?.body ?? []).toString("latin1");
      expect(body).toContain("a b");
      expect(body).toContain("host.arch");
      expect(body).not.toContain("os.version");
    } finally {
      delete process.env.OTEL_RESOURCE_ATTRIBUTES;
    }
  });
});
