import { describe, expect, it } from "vitest";
import { pipelinePlace } from "../../../daemon/admin/pipeline-place.ts";

const program = "/sluice/index.cjs";

describe("pipelinePlace()", () => {
  it.each([
    [["node", program, "run", "c.alloy"], { host: "127.0.0.1", port: 12345 }],
    [["node", program, "run", "--server.http.listen-addr=0.0.0.0:9999", "c"], { host: "0.0.0.0", port: 9999 }],
    [["node", program, "run", "c", "--server.http.listen-addr", "[::1]:9998"], { host: "::1", port: 9998 }],
    [["node", program, "run", "c", "--server.http.listen-addr=:9997"], { host: "0.0.0.0", port: 9997 }],
    [["node", "/usr/local/bin/alloy", "run", "c"], { host: "127.0.0.1", port: 12345 }],
    [["node", program, "health"], undefined],
    [["node", program], undefined],
    [["npm", "run", "x"], undefined],
    [[""], undefined],
  ])("finds where %j listens, so that the health check asks there and not at the default port", (words, place) => {
    expect(pipelinePlace([["sh"], words], program)).toEqual(place);
  });
});
