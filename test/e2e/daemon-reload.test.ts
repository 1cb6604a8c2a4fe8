import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signals } from "../../shared/otlp/signals.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";
import { startFakeSsm } from "../support/fake-ssm.ts";
import { framed, grpcClient } from "../support/grpc/grpc-client.ts";
import { requestOf } from "../support/otlp/item-names.ts";
import { tlsFile } from "../support/tls-fixtures.ts";

const pem = (name: string) => readFileSync(tlsFile(name), "utf8");
const message = framed(requestOf("logs", { names: ["x"] }));
const path = signals.logs.grpcPath;
let world: DaemonWorld;

beforeEach(async () => {
  world = await createDaemonWorld();
});
afterEach(() => world.close());

describe("reload", () => {
  it("takes new settings from Parameter Store and keeps the old ones when the new are bad, without dropping a connection", async () => {
    const ssm = await startFakeSsm();
    const { endpoint, instanceId, apiKey } = world.grafana;
    const put = (name: string, value: string) => ssm.put(`/sluice/test/${name}`, value);
    put("grafana-cloud/endpoint", endpoint);
    put("grafana-cloud/instance-id", instanceId);
    put("grafana-cloud/api-key", apiKey);
    const daemon = await world.start({
      SLUICE_STAGE: "test",
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      GRAFANA_CLOUD_OTLP_ENDPOINT: "",
      GRAFANA_CLOUD_INSTANCE_ID: "",
      GRAFANA_CLOUD_API_KEY: "",
    });
    const client = await grpcClient(daemon.grpcPort);
    const call = () => client.call(path, [message], { authorization: "Bearer new" });
    expect(await call()).toMatchObject({ status: 0 });

    put("senders/sender-tokens", "old,new");
    put("settings/batch-delay", "10ms");
    const changed = await daemon.page("/-/reload", "POST");
    expect(changed).toMatchObject({ status: 200, text: expect.stringMatching(/have changed.*SLUICE_BATCH_DELAY/s) });
    expect(await client.call(path, [message])).toMatchObject({ status: 16 });
    expect(await call()).toMatchObject({ status: 0 });

    put("settings/batch-delay", "a while");
    const refused = await daemon.page("/-/reload", "POST");
    expect(refused).toMatchObject({ status: 400, text: expect.stringMatching(/SLUICE_BATCH_DELAY.*a while/) });
    expect(await call()).toMatchObject({ status: 0 });

    put("settings/batch-delay", "10ms");
    put("senders/sender-tokens", "other");
    daemon.child.kill("SIGHUP");
    await expect.poll(async () => (await call()).status).toBe(16);
    expect(client.session.destroyed).toBe(false);
    client.close();
    await ssm.close();
  });

  it("answers wrong methods and unknown pages in words", async () => {
    const daemon = await world.start();
    expect(await daemon.page("/-/reload")).toMatchObject({ status: 405 });
    expect(await daemon.page("/nothing")).toMatchObject({ status: 404, text: expect.stringContaining("/metrics") });
  });
});

describe("TLS", () => {
  it("serves both ports, asks for client certificates, and changes the certificate while connections live", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
    const file = (name: string) => join(folder, name);
    const install = (name: string) => {
      copyFileSync(tlsFile(`${name}.pem`), file("tls.pem"));
      copyFileSync(tlsFile(`${name}.key`), file("tls.key"));
    };
    install("server");
    const daemon = await world.start({
      SLUICE_TLS_CERT_FILE: file("tls.pem"),
      SLUICE_TLS_KEY_FILE: file("tls.key"),
      SLUICE_TLS_CLIENT_CA_FILE: tlsFile("ca.pem"),
    });
    const tls = { ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key"), servername: "localhost" };
    const client = await grpcClient(daemon.grpcPort, tls);
    expect(await client.call(path, [message])).toMatchObject({ status: 0 });
    for (const port of [daemon.grpcPort, daemon.httpPort]) await closed(port, { ca: tls.ca, servername: "localhost" });
    expect(await subject(daemon.httpPort, tls)).toBe("sluice test server");

    writeFileSync(file("tls.key"), "not a key");
    expect(await daemon.page("/-/reload", "POST")).toMatchObject({ status: 400 });
    install("renewed");
    expect(await daemon.page("/-/reload", "POST")).toMatchObject({ status: 200 });
    for (const port of [daemon.grpcPort, daemon.httpPort]) expect(await subject(port, tls)).toBe("sluice test renewed");
    expect(await client.call(path, [message])).toMatchObject({ status: 0 });
    client.close();
  });
});

/** Common name of the certificate that a port shows. */
function subject(port: number, tls: object): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ALPNProtocols: ["h2", "http/1.1"], ...tls }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** Resolves when the server has closed the connection of a client that shows no certificate. */
function closed(port: number, tls: object): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", ALPNProtocols: ["h2", "http/1.1"], ...tls });
    socket.on("error", () => {}).once("close", () => resolve());
    socket.resume();
  });
}
