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
  ])("says why %s can never match", (origin, hint) => expect(problemOfOrigin(origin)).toContain(hint));
});
