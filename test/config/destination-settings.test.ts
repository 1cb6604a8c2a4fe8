import { describe, expect, it } from "vitest";
import {
  destinationTextsOf,
  namedDestinations,
  problemOfDestination,
  resolveDestination,
} from "../../shared/config/destination-settings.ts";

const endpoint = "https://otlp.example.com/otlp";

describe("problemOfDestination()", () => {
  it.each(["backup", "eu-1=traces", "x=traces+logs"])("takes %s", (entry) => {
    expect(problemOfDestination(entry)).toBeUndefined();
  });

  it.each([
    ["Backup", "is not a name"],
    ["a b", "is not a name"],
    ["grafana-cloud", "is a name that is taken"],
    ["dead-letters=logs", "is a name that is taken"],
    ["x=spans", 'names the signal "spans"'],
    ["x=", "is not a name"],
  ])("refuses %s: it %s", (entry, says) => {
    expect(problemOfDestination(entry)).toContain(says);
  });
});

describe("namedDestinations()", () => {
  it("gives a destination all signals, or those that it names", () => {
    expect(namedDestinations(["a", "b=logs+traces"])).toEqual([
      { name: "a", signals: ["traces", "metrics", "logs"] },
      { name: "b", signals: ["traces", "logs"] },
    ]);
  });
});

describe("resolveDestination()", () => {
  it("reads protocol, credentials and TLS, from the environment too", () => {
    const env = {
      SLUICE_DESTINATION_EU_1_ENDPOINT: endpoint,
      SLUICE_DESTINATION_EU_1_PROTOCOL: "otlp-grpc",
      SLUICE_DESTINATION_EU_1_TOKEN: "t0ken",
      SLUICE_DESTINATION_EU_1_SERVER_NAME: "inner",
      SLUICE_DESTINATION_OTHER_TOKEN: "not mine",
    };
    const texts = destinationTextsOf(["eu-1"], env);
    const { destination, problems } = resolveDestination("eu-1", texts);
    expect(problems).toEqual([]);
    expect(destination).toMatchObject({
      name: "eu-1",
      endpoint,
      exporter: { protocol: "otlp-grpc" },
      auth: { kind: "bearer" },
      tls: { serverName: "inner" },
    });
    expect(JSON.stringify(destination)).not.toContain("t0ken");
    expect(Object.keys(texts)).toHaveLength(4);
  });

  it.each([
    [
      { username: "me", password: "p" },
      { kind: "basic", username: "me" },
    ],
    [{ headers: "X-Scope=a, authorization=b=c" }, { kind: "headers", headers: { "x-scope": {}, authorization: {} } }],
    [
      { "oauth2-token-url": "https://t.example/token", "oauth2-client-id": "c", "oauth2-scopes": "a,b" },
      { kind: "oauth2", clientId: "c", scopes: ["a", "b"], tokenUrl: "https://t.example/token" },
    ],
    [
      { "sigv4-region": "eu-west-1", "sigv4-service": "xray" },
      { kind: "sigv4", region: "eu-west-1", service: "xray" },
    ],
    [{}, { kind: "none" }],
  ])("reads the authentication of %j", (given, auth) => {
    const texts = Object.fromEntries(Object.entries({ endpoint, ...given }).map(([key, text]) => [`x/${key}`, text]));
    expect(resolveDestination("x", texts).destination?.auth).toMatchObject(auth);
  });

  it("reads certificates, keys and tokens from their files, and says which one it cannot read", () => {
    const texts = {
      "x/endpoint": endpoint,
      "x/token-file": "/t",
      "x/ca-file": "/ca",
      "x/cert-file": "/cert",
      "x/key-file": "/key",
      "x/min-tls-version": "TLSv1.3",
    };
    const { destination } = resolveDestination("x", texts, (path) => `text of ${path}\n`);
    expect(destination?.auth.kind === "bearer" && destination.auth.token.reveal()).toBe("text of /t");
    expect(destination?.tls).toMatchObject({ ca: "text of /ca\n", cert: "text of /cert\n", minVersion: "TLSv1.3" });
    expect(destination?.tls?.key?.reveal()).toBe("text of /key\n");
    const broken = resolveDestination("x", texts, () => {
      throw new Error("ENOENT: no such file");
    });
    expect(broken.problems[0]).toBe("SLUICE_DESTINATION_X_TOKEN_FILE: ENOENT: no such file.");
    expect(broken.problems).toHaveLength(4);
  });

  it("names everything that is wrong, and no secret", () => {
    expect(resolveDestination("x", {}).problems).toEqual([
      "SLUICE_DESTINATION_X_ENDPOINT is not set, but SLUICE_DESTINATIONS names x.",
    ]);
    const { problems, destination } = resolveDestination("x", {
      "x/endpoint": "ftp://x",
      "x/protocol": "smoke",
      "x/token": "geheim",
      "x/username": "me",
      "x/headers": "no pair",
    });
    expect(destination).toBeUndefined();
    expect(problems).toHaveLength(4);
    expect(problems.join(" ")).not.toContain("geheim");
  });
});
