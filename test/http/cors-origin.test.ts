import { describe, expect, it } from "vitest";
import { problemOfOrigin } from "../../shared/http/cors-origin.ts";

describe("problemOfOrigin()", () => {
  it.each(["*", "https://app.example.com", "https://*.example.com", "http://localhost:3000", "app://localhost"])(
    "lets %s pass",
    (origin) => expect(problemOfOrigin(origin)).toBeUndefined(),
  );

  it.each([
    ["https://app.example.com/", "slash"],
    ["https://app.example.com/path", "path"],
    ["https://App.example.com", "lower case"],
    ["https://app.example.com:443", "default port"],
    ["http://app.example.com:80", "default port"],
    ["app.example.com", "scheme"],
    ["https://a.example https://b.example", "commas"],
    ["https://a.example;https://b.example", "commas"],
    ["https://*.*.example.com", "one *"],
    ["https://", "host"],
    ["https://user@app.example.com", "as browsers write it: https://app.example.com"],
    ["https://bücher.example", "as browsers write it: https://xn--bcher-kva.example"],
    ["https://app.example.com:99999", "port"],
    ["http://[0:0:0:0:0:0:0:1]:3000", "as browsers write it: http://[::1]:3000"],
    ["https://app.example.com:0443", "as browsers write it: https://app.example.com"],
  ])("says why %s can never match", (origin, hint) => expect(problemOfOrigin(origin)).toContain(hint));
});
