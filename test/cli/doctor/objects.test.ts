import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { checkObjects, judgeBucket } from "../../../cli/doctor/objects.ts";
import { type BucketStatus, readBucketStatus } from "../../../shared/aws/s3/bucket-status.ts";
import { listenOn } from "../../../shared/node/listen.ts";

const queueArn = "arn:aws:sqs:eu-west-1:123456789012:sluice-prod-objects";
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const status = (given: Partial<Extract<BucketStatus, { kind: "read" }>>): BucketStatus => ({
  kind: "read",
  tellsEventBridge: false,
  notifies: [],
  ...given,
});

describe("judgeBucket()", () => {
  it.each<[string, BucketStatus, string, RegExp]>([
    ["one that tells EventBridge", status({ tellsEventBridge: true }), "ok", /tells of its objects/],
    ["one that notifies the queue", status({ notifies: [queueArn] }), "ok", /tells of its objects/],
    ["one that notifies a topic", status({ notifies: ["arn:aws:sns:eu-west-1:1:t"] }), "ok", /topic/],
    ["one that tells nobody", status({}), "failed", /tells nobody/],
    ["one that tells twice", status({ tellsEventBridge: true, notifies: [queueArn] }), "warning", /twice/],
    ["a loop", status({ tellsEventBridge: true, logsInto: "logs" }), "failed", /access logs go into itself/],
    ["one that cannot be asked", { kind: "failed", reason: "no permission" }, "skipped", /no permission/],
  ])("takes %s for what it is", (_, given, state, says) => {
    const check = judgeBucket({ bucket: "logs", queueArn }, given);
    expect(check.state).toBe(state);
    expect(check.detail).toMatch(says);
  });
});

describe("checkObjects()", () => {
  it("says nothing where no bucket is named", async () => {
    expect(await checkObjects("prod", () => undefined)).toEqual([]);
  });
});

describe("readBucketStatus()", () => {
  async function read(answers: Readonly<Record<string, string>>) {
    const paths: string[] = [];
    server = createServer((request, response) => {
      const path = request.url ?? "";
      paths.push(path);
      const text = answers[path.split("?")[1] ?? ""];
      response.writeHead(text === undefined ? 403 : 200).end(text ?? "<Error><Code>AccessDenied</Code></Error>");
    });
    const { port } = await listenOn(server, 0, "127.0.0.1");
    const found = await readBucketStatus(
      { bucket: "logs", region: "eu-west-1" },
      {
        credentials: () => ({ accessKeyId: "a", secretAccessKey: "b" }),
        now: () => 0,
        endpointOf: () => `http://127.0.0.1:${port}`,
        pathStyle: true,
      },
    );
    return { paths, found };
  }

  it("reads whom a bucket notifies and where its access logs go", async () => {
    const queue = `<QueueConfiguration><Id>x</Id><Queue>${queueArn}</Queue></QueueConfiguration>`;
    const { paths, found } = await read({
      notification: `<NotificationConfiguration>${queue}<EventBridgeConfiguration/></NotificationConfiguration>`,
      logging:
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket></LoggingEnabled></BucketLoggingStatus>",
    });
    expect(paths).toEqual(["/logs/?notification", "/logs/?logging"]);
    expect(found).toEqual({ kind: "read", tellsEventBridge: true, notifies: [queueArn], logsInto: "logs" });
  });

  it("says what it may not ask", async () => {
    const { found } = await read({});
    expect(found).toEqual({ kind: "failed", reason: "s3:GetBucketNotification on logs failed with AccessDenied" });
  });
});
