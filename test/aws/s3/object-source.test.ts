import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, describe, expect, it } from "vitest";
import { createS3ObjectSource } from "../../../shared/aws/s3/object-source.ts";
import { readContinuation, writeContinuation } from "../../../shared/aws-events/objects/continuation.ts";
import type { ObjectNotice } from "../../../shared/aws-events/objects/notice.ts";
import { readObject } from "../../../shared/aws-events/objects/read-object.ts";
import { Sha256 } from "../../support/aws/sha256.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { decodeWithOracle } from "../../support/otlp/oracle.ts";

type Handle = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "token/+=" };
const notice: ObjectNotice = { bucket: "logs", key: "a/b.log.gz", region: "eu-west-1", etag: "abc" };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function sourceFor(handle: Handle, more: { readonly maxInflatedBytes?: number } = {}) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handle(request, response, requests.length);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = createManualClock();
  const source = createS3ObjectSource({
    clock,
    endpointOf: () => endpoint,
    pathStyle: true,
    credentials: () => credentials,
    idleMs: 5000,
    ...more,
  });
  return { source, requests, clock, endpoint };
}

/** What there is of an object, and how it ended. */
async function readAll(source: Awaited<ReturnType<typeof sourceFor>>["source"], asked: ObjectNotice = notice) {
  const opened = await source.open(asked, new AbortController().signal);
  if (opened.kind !== "opened") return opened;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of opened.chunks) chunks.push(Buffer.from(chunk));
    return { isPlain: opened.isPlain, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    return { text: Buffer.concat(chunks).toString(), fault: error };
  }
}

/** As a network sends them. */
function* pieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function bodiesOf(request: Uint8Array): readonly string[] {
  const { resourceLogs } = decodeWithOracle(request, "logs") as unknown as {
    resourceLogs: { scopeLogs: { logRecords: { body: { stringValue: string } }[] }[] }[];
  };
  return resourceLogs.flatMap(({ scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body.stringValue)),
  );
}

const gzipped = (text: string) => gzipSync(text);
const error = (response: ServerResponse, status: number, code: string) =>
  response.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code></Error>`);

describe("createS3ObjectSource()", () => {
  it("inflates all members of gzip", async () => {
    const { source } = await sourceFor((_, response) =>
      response.end(Buffer.concat([gzipped("one\n"), gzipped("two\n")])),
    );
    expect(await readAll(source)).toEqual({ isPlain: false, text: "one\ntwo\n" });
  });

  it.each([
    ["text that is called gzip", Buffer.from("line1\n"), "line1\n"],
    ["a single byte", Buffer.from("x"), "x"],
    ["nothing", Buffer.alloc(0), ""],
  ])("reads %s as it is", async (_, bytes, text) => {
    const { source } = await sourceFor((_request, response) => response.end(bytes));
    expect(await readAll(source)).toEqual({ isPlain: true, text });
  });

  it.each([
    ["Parquet", "PAR1xxxxxx"],
    ["zip", "PK\u0003\u0004xxxx"],
  ])("knows that it does not read %s", async (name, text) => {
    const { source } = await sourceFor((_, response) => response.end(Buffer.from(text, "latin1")));
    expect(await readAll(source)).toEqual({
      kind: "unusable",
      reason: `the object is ${name}, which is not read: have text, JSON or gzip of them written instead`,
    });
  });

  it("lets the connection go where it does not read an object", async () => {
    const closed = Promise.withResolvers<void>();
    const { source } = await sourceFor((_, response) => {
      response.on("close", closed.resolve);
      response.write(Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(100_000)]));
    });
    expect(await readAll(source)).toMatchObject({ kind: "unusable" });
    await closed.promise;
  });

  it("goes on at the byte where a connection has ended, and only if the object is the same", async () => {
    const bytes = gzipped(Array.from({ length: 5000 }, (_, at) => `line ${at * 7919}\n`).join(""));
    const { source, requests } = await sourceFor((request, response, count) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from, etag: '"abc"' });
      if (count < 3) response.write(bytes.subarray(from, from + 4000), () => response.destroy());
      else response.end(bytes.subarray(from));
    });
    const { text } = (await readAll(source)) as { text: string };
    expect(text.split("\n")).toHaveLength(5001);
    expect(requests.length).toBe(3);
    expect(requests.map(({ headers }) => headers["if-match"])).toEqual(['"abc"', '"abc"', '"abc"']);
    expect(requests[1]?.headers.range).toBe("bytes=4000-");
  });

  it("skips what was read of gzip, and does not ask for it where the object is plain", async () => {
    const { source } = await sourceFor((_, response) => response.end(gzipped("one\ntwo\n")));
    expect(await readAll(source, { ...notice, position: { offset: 4 } })).toMatchObject({ text: "two\n" });
    const plain = await sourceFor((request, response) => {
      expect(request.headers.range).toBe("bytes=4-");
      response.writeHead(206).end("two\n");
    });
    const position = { offset: 4, plain: true } as const;
    expect(await readAll(plain.source, { ...notice, position })).toEqual({ isPlain: true, text: "two\n" });
    const done = await sourceFor((_, response) => error(response, 416, "InvalidRange"));
    expect(await readAll(done.source, { ...notice, position })).toEqual({ isPlain: true, text: "" });
  });

  it("goes on inside of gzip where another reading has stopped, and asks for the rest alone", async () => {
    const lines = Array.from({ length: 300_000 }, (_, at) => `line ${at} of an object, ${Math.sin(at)}`);
    const bytes = gzipSync(lines.join("\n"));
    const { source, requests } = await sourceFor((request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { etag: '"abc"' });
      pipeline(Readable.from(pieces(bytes.subarray(from))), response, () => {});
    });
    const bodies: string[] = [];
    let asked: ObjectNotice = notice;
    for (let kind = "unfinished"; kind === "unfinished"; ) {
      const outcome = await readObject(
        asked,
        {
          source,
          clock: createManualClock(),
          maxRequestBytes: 100_000,
          maxLineBytes: 1000,
          maxStintBytes: 3 * 2 ** 20,
          accept: async (request) => {
            bodies.push(...bodiesOf(request.bytes));
            return { kind: "accepted" };
          },
        },
        Number.POSITIVE_INFINITY,
      );
      kind = outcome.kind;
      // As it goes through the queue.
      const written = writeContinuation({ ...asked, position: outcome.position });
      asked = readContinuation(JSON.parse(written)) ?? notice;
    }
    expect(bodies.length).toBe(lines.length);
    expect(bodies.every((body, at) => body === lines[at])).toBe(true);
    const froms = requests.map(({ headers }) => Number(/bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0));
    expect(froms.length).toBeGreaterThan(3);
    // Each reading begins further on, by most of what the one before it has read.
    for (const [at, from] of froms.slice(1).entries()) expect(from - (froms[at] ?? 0)).toBeGreaterThan(300_000);
  });

  it("does not take an object for its rest where a server knows no ranges", async () => {
    const { source } = await sourceFor((_, response) => response.end("one\ntwo\n"));
    const position = { offset: 4, plain: true } as const;
    expect(await readAll(source, { ...notice, position })).toMatchObject({ kind: "failed", isOutage: true });
  });

  it.each([
    ["cut off", gzipped("one\ntwo\n".repeat(100)).subarray(0, 20)],
    ["damaged", Buffer.concat([gzipped("one\n").subarray(0, 10), Buffer.alloc(40, 0xff)])],
  ])("says that gzip is %s, for good", async (_, bytes) => {
    const { source } = await sourceFor((_request, response) => response.end(bytes));
    const { fault } = (await readAll(source)) as { fault: { isForGood: boolean; message: string } };
    expect(fault).toMatchObject({ isForGood: true });
    expect(fault.message).toMatch(/^the object is not whole gzip: /);
  });

  it("stops at a limit of what an object inflates to", async () => {
    const { source } = await sourceFor((_, response) => response.end(gzipped("x".repeat(1_000_000))), {
      maxInflatedBytes: 500_000,
    });
    const { fault } = (await readAll(source)) as { fault: unknown };
    expect(fault).toMatchObject({ isForGood: true, message: "the object inflates to more than 500000 bytes" });
  });

  it.each([
    [
      403,
      "AccessDenied",
      "failed",
      /s3:GetObject on s3:\/\/logs\/a\/b\.log\.gz was refused with AccessDenied: .*kms:Decrypt/,
    ],
    [403, "InvalidObjectState", "unusable", /is archived/],
    [404, "NoSuchKey", "gone", /was deleted/],
    [404, "NoSuchBucket", "failed", /NoSuchBucket/],
    [405, "MethodNotAllowed", "gone", /delete marker/],
    [412, "PreconditionFailed", "gone", /was overwritten/],
    [301, "PermanentRedirect", "failed", /another region/],
  ])("takes %d %s as %s", async (status, code, kind, reason) => {
    const { source } = await sourceFor((_, response) => error(response, status, code));
    expect(await readAll(source)).toMatchObject({ kind, reason: expect.stringMatching(reason) });
  });

  it("asks again where S3 is busy, and gives up after four times", async () => {
    const busy = await sourceFor((_, response, count) =>
      count < 3 ? error(response, 503, "SlowDown") : response.end("x"),
    );
    expect(await readAll(busy.source)).toMatchObject({ text: "x" });
    const down = await sourceFor((_, response) => error(response, 500, "InternalError"));
    expect(await readAll(down.source)).toEqual({
      kind: "failed",
      isOutage: true,
      reason: "S3 failed with InternalError",
    });
    expect(down.requests).toHaveLength(4);
  });

  it.each(["a b/ü+(1)*'!~.gz", "../x/./y", "100%zz.gz", "//a//"])(
    "signs the key %s as the SDK's signer does",
    async (key) => {
      const { source, requests, clock, endpoint } = await sourceFor((_, response) => response.end("x"));
      await readAll(source, { ...notice, key, versionId: "v/1+=" });
      const [request] = requests;
      const [path = "", query] = (request?.url ?? "").split("?");
      expect(decodeURIComponent(path)).toBe(`/logs/${key}`);
      expect(query).toBe("versionId=v%2F1%2B%3D");
      expect(request?.headers["if-match"]).toBeUndefined();
      const signer = new SignatureV4({
        region: "eu-west-1",
        service: "s3",
        credentials,
        sha256: Sha256,
        uriEscapePath: false,
      });
      const { host } = new URL(endpoint);
      const theirs = await signer.sign(
        { method: "GET", protocol: "http:", hostname: host, path, query: { versionId: "v/1+=" }, headers: { host } },
        { signingDate: new Date(clock.now()) },
      );
      expect(request?.headers.authorization).toBe(theirs.headers.authorization);
    },
  );
});
