import { JsonScan } from "../shared/loki/json-scan.ts";
import { bench } from "./harness.ts";
import { line } from "./logs/lines.ts";

// Two fields out of a line of JSON that is bytes, as `stage.json` takes them, beside parsing the whole line.
const lines = {
  "line of a service": line(7).trimEnd(),
  "long message": JSON.stringify({ ts: "2026-11-26T10:00:00Z", level: "info", msg: "word ".repeat(200) }),
  "with a stack trace": JSON.stringify({
    ts: "2026-11-26T10:00:00Z",
    level: "error",
    stack: "at x (y.js:1:2)\n".repeat(40),
  }),
  nested: JSON.stringify({
    level: "info",
    ts: "x",
    http: { request: { method: "GET", headers: { a: [1, 2, { b: null }] } } },
  }),
} as const;

const cases = Object.entries(lines).map(([name, text]) => {
  const prepare = () => {
    const bytes = Buffer.from(`${text}\n`);
    const scan = new JsonScan([["ts"], ["level"]]);
    return {
      bytes: bytes.length,
      contenders: {
        scan: () => scan.scan(bytes, 0, bytes.length - 1),
        "JSON.parse": () => JSON.parse(bytes.toString("utf8", 0, bytes.length - 1)),
      },
    };
  };
  return [name, prepare] as const;
});

await bench(import.meta.url, { title: "Fields of a line of JSON", cases: Object.fromEntries(cases), rounds: 3 });
