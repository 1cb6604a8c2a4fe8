import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { type PipelineProcess, startPipelineProcess } from "../support/daemon/run-pipeline.ts";
import { tlsFile } from "../support/tls-fixtures.ts";

let pipeline: PipelineProcess | undefined;
afterEach(async () => {
  await pipeline?.end("SIGTERM");
  pipeline = undefined;
});

const secured = (certificate: string) => `
http {
  auth {
    basic {
      username = "admin"
      password = "p"
    }
  }
  tls {
    cert_file = "${tlsFile(`${certificate}.pem`)}"
    key_file  = "${tlsFile(`${certificate}.key`)}"
  }
}
loki.echo "e" { }
`;

test("the admin port is served over TLS, and again without it, as the http block says", async () => {
  pipeline = await startPipelineProcess({ config: secured("server") });
  const first = await securePage("/-/ready");
  expect(first).toMatchObject({ status: 200, text: "Alloy is ready.\n" });
  await expect(pipeline.page("/-/ready")).rejects.toThrow();
  pipeline.configure(secured("renewed"));
  expect(await securePage("/-/reload", "POST")).toMatchObject({ status: 200 });
  expect((await securePage("/-/ready")).certificate).not.toBe(first.certificate);
  pipeline.configure(secured("missing"));
  expect(await securePage("/-/reload", "POST")).toMatchObject({
    status: 400,
    text: expect.stringContaining("Failed to evaluate service: cannot read"),
  });
  pipeline.configure('loki.echo "e" { }');
  expect(await securePage("/-/reload", "POST")).toMatchObject({ status: 200, text: "config reloaded\n" });
  expect(await pipeline.page("/-/ready")).toMatchObject({ status: 200 });
  pipeline.configure(secured("server"));
  expect(await pipeline.page("/-/reload", "POST")).toMatchObject({ status: 200 });
  expect(await securePage("/-/ready")).toMatchObject({ status: 200 });
});

test("loads are traced to whom the tracing block says, and live debugging shows it", async () => {
  const config = `
livedebugging { enabled = true }
tracing {
  sampling_fraction = 1
  write_to          = [otelcol.processor.batch.b.input]
}
otelcol.processor.batch "b" {
  output { traces = [otelcol.exporter.debug.d.input] }
}
otelcol.exporter.debug "d" { }
`;
  pipeline = await startPipelineProcess({ config, flags: ["--stability.level=experimental"] });
  const stop = new AbortController();
  const answer = await fetch(`${pipeline.admin}/api/v0/web/debug/otelcol.exporter.debug.d?sampleProb=1`, {
    signal: stop.signal,
  });
  const rates = await fetch(`${pipeline.admin}/api/v0/web/graph?window=1`, { signal: stop.signal });
  expect(await pipeline.page("/-/reload")).toMatchObject({ status: 200 });
  const shown = await firstText(answer);
  expect(shown).toMatch(/^\[IN\] from otelcol\.processor\.batch\.b: traces, items: \d, bytes: \d+, content: /);
  expect(shown).toContain('"name":"GraphEvaluate"');
  expect(shown).toContain("otelcol.exporter.debug.d");
  expect(JSON.parse((await firstText(rates)).replace("|;|", ""))).toMatchObject([
    { componentID: "otelcol.processor.batch.b", targetComponentIDs: ["otelcol.exporter.debug.d"], type: "otel_trace" },
  ]);
  stop.abort();
  const sha256 = createHash("sha256").update(config).digest("hex");
  expect((await pipeline.page("/metrics")).text).toContain(`alloy_config_hash{sha256="${sha256}",cluster_name=""} 1`);
  pipeline.configure(`${config}\n`);
  await pipeline.page("/-/reload");
  expect((await pipeline.page("/metrics")).text.match(/^alloy_config_hash\{.*/gm)).toHaveLength(1);
});

async function firstText(answer: Response): Promise<string> {
  expect(answer.status).toBe(200);
  const reader = answer.body?.getReader();
  let text = "";
  while (!text.endsWith("|;|")) {
    const piece = await reader?.read();
    if (!piece || piece.done) throw new Error(`it ends with ${JSON.stringify(text)}`);
    text += Buffer.from(piece.value).toString();
  }
  return text;
}

function securePage(
  path: string,
  method = "GET",
): Promise<{ status: number | undefined; text: string; certificate: string }> {
  const url = new URL(path, pipeline?.admin.replace("http:", "https:"));
  const auth = "admin:p";
  const ca = readFileSync(tlsFile("ca.pem"));
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, auth, ca, agent: false, checkServerIdentity: () => undefined }, (answer) => {
      const { socket } = answer as unknown as { socket: TLSSocket };
      const certificate = socket.getPeerCertificate().fingerprint256;
      let text = "";
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on("end", () => resolve({ status: answer.statusCode, text, certificate }));
    });
    asking.on("error", reject);
    asking.end();
  });
}
