import { describe, expect, it } from "vitest";
import { createPipelineLog } from "../../shared/telemetry/logfmt.ts";

describe("createPipelineLog()", () => {
  const at = Date.parse("2026-11-25T20:00:00.120Z");
  const record = {
    level: "info" as const,
    event: "x",
    message: 'a "b"',
    fields: {
      component_id: "m.x/loki.write.a",
      url: "http://x",
      "k =": "",
      durationMs: 1_500,
      ok: true,
      gone: undefined,
    },
  };

  it("writes logfmt with the component behind the message", () => {
    expect(written("logfmt")).toBe(
      'ts=2026-11-25T20:00:00.12Z level=info msg="a \\"b\\"" component_path=/m.x component_id=loki.write.a url=http://x k__="" duration=1.5s ok=true\n',
    );
  });

  it("writes the same keys as JSON", () => {
    expect(JSON.parse(written("json"))).toEqual({
      ts: "2026-11-25T20:00:00.12Z",
      level: "info",
      msg: 'a "b"',
      component_path: "/m.x",
      component_id: "loki.write.a",
      url: "http://x",
      "k =": "",
      duration: "1.5s",
      ok: true,
    });
  });

  function written(format: "logfmt" | "json"): string {
    let text = "";
    const copies: string[] = [];
    const write = (line: string) => {
      text += line;
    };
    createPipelineLog({ write, now: () => at, format: () => format, copy: (line) => copies.push(line) })(record);
    expect(copies).toEqual([text.trimEnd()]);
    return text;
  }
});
