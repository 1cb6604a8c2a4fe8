import { describe, expect, it } from "vitest";
import { proxyOf } from "../../../shared/node/http-client/proxy.ts";

const proxy = "http://proxy:3128";

describe("proxyOf()", () => {
  it.each([
    ["https://a.example", { HTTPS_PROXY: proxy }, proxy],
    ["https://a.example", { https_proxy: proxy, HTTPS_PROXY: "http://other" }, proxy],
    ["http://a.example", { HTTPS_PROXY: proxy }, undefined],
    ["http://a.example", { HTTP_PROXY: "proxy:3128" }, proxy],
    ["https://a.example", {}, undefined],
    ["https://a.example", { HTTPS_PROXY: " " }, undefined],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: "*" }, undefined],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: "a.example" }, undefined],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: "b.example, example" }, undefined],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: ".example" }, undefined],
    ["https://A.Example", { HTTPS_PROXY: proxy, NO_PROXY: "*.EXAMPLE" }, undefined],
    ["https://badexample", { HTTPS_PROXY: proxy, NO_PROXY: "example" }, proxy],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: "a.example:8443" }, proxy],
    ["https://a.example:8443", { HTTPS_PROXY: proxy, NO_PROXY: "a.example:8443" }, undefined],
    ["https://127.0.0.1", { HTTPS_PROXY: proxy, no_proxy: "127.0.0.1", NO_PROXY: "" }, undefined],
    ["https://10.1.2.3", { HTTPS_PROXY: proxy, NO_PROXY: ".svc,10.0.0.0/8" }, undefined],
    ["https://11.1.2.3", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/8" }, proxy],
    ["https://a.example", { HTTPS_PROXY: proxy, NO_PROXY: "10.0.0.0/8, fd00::/99999, x/y" }, proxy],
    ["https://[fd00::1]", { HTTPS_PROXY: proxy, NO_PROXY: "fd00::/8" }, undefined],
    ["https://[fd00::1]", { HTTPS_PROXY: proxy, NO_PROXY: "FD00:0::1" }, undefined],
    ["https://[::1]:4318", { HTTPS_PROXY: proxy, NO_PROXY: "::1" }, undefined],
  ])("for %s with %j is %s", (url, env, expected) => {
    expect(proxyOf(new URL(url), env)).toBe(expected);
  });
});
