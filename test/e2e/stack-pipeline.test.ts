import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { failToStart, startStack, temporaryDirectory } from "../support/local/stack.ts";

const root = join(import.meta.dirname, "../..");

const pipeline = `
otelcol.receiver.otlp "default" {
  http { }
  output { logs = [otelcol.processor.transform.redact.input] }
}

otelcol.processor.transform "redact" {
  log_statements {
    context    = "log"
    statements = [\`replace_pattern(body, "o-\\\\d+", "(order)")\`]
  }
  output { logs = [otelcol.exporter.otlphttp.anywhere.input] }
}

otelcol.exporter.otlphttp "anywhere" {
  client { endpoint = sys.env("NOT_SET_HERE") }
}
`;

function fileWith(text: string): string {
  const file = join(temporaryDirectory(), "pipeline.alloy");
  writeFileSync(file, text);
  return file;
}

describe("npm start with a pipeline", () => {
  it("shows what the functions would send to a destination that is not set here", async () => {
    const stack = await startStack({ env: { SLUICE_PIPELINE_FILE: fileWith(pipeline) } });
    const send = ["run", "-s", "send", "--", "--signal", "logs", "--count", "3", "--endpoint", stack.http];
    await promisify(execFile)("npm", send, { cwd: root });
    await expect.poll(stack.stdout, { timeout: 10_000 }).toContain("order (order) placed");
    expect(stack.stdout()).not.toContain("order o-1000 placed");
    expect(await stack.stop()).toBe(0);
  });

  it("does not start with one that cannot be used, and shows the place", async () => {
    const { code, stderr } = await failToStart({ env: { SLUICE_PIPELINE_FILE: fileWith("prometheus.scrape {") } });
    expect(code).not.toBe(0);
    expect(stderr).toContain("pipeline.alloy:1");
  });
});
