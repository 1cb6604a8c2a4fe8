import { describe, expect, it } from "vitest";
import { createPipelineTelemetry } from "../../../daemon/pipeline/pipeline-telemetry.ts";
import type { EntryReceiver } from "../../../shared/loki/entry-receiver.ts";

describe("createPipelineTelemetry()", () => {
  it("does not send to write_to what its receivers say of the lines that they get, at once or later", async () => {
    const written: string[] = [];
    const copied: string[] = [];
    const telemetry = createPipelineTelemetry((line) => written.push(line));
    const tell = (message: string) => telemetry.emit("cluster.unusual", { message });
    const receiver = {
      async consume([entry]: readonly { readonly line: string }[]) {
        copied.push(entry?.line ?? "");
        tell("at once");
        await Promise.resolve();
        tell("later");
      },
    } as unknown as EntryReceiver;
    telemetry.setLogging({ level: "info", format: "logfmt", write_to: [receiver] });
    telemetry.release();
    tell("first");
    await new Promise((resolve) => setImmediate(resolve));
    tell("second");
    await new Promise((resolve) => setImmediate(resolve));
    expect(copied.map(messageOf)).toEqual(["first", "second"]);
    expect(written.map(messageOf)).toEqual(["first", "at once", "later", "second", "at once", "later"]);
  });
});

function messageOf(line: string): string {
  return /together: ([^"\n]*)/.exec(line)?.[1] ?? line;
}
