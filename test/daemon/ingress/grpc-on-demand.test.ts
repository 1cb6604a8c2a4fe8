import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGrpcReceiver } from "../../../daemon/ingress/otlp-servers.ts";
import { createServerHost } from "../../../daemon/ingress/server-host.ts";
import type { ReceivedRequest } from "../../../shared/batch/accept.ts";
import { createBudget } from "../../../shared/commit/budget.ts";
import { signals } from "../../../shared/otlp/signals.ts";
import { framed, grpcClient } from "../../support/grpc/grpc-client.ts";
import { requestOf } from "../../support/otlp/item-names.ts";

async function start() {
  const { health, inTurn } = createServerHost();
  const taken: ReceivedRequest[] = [];
  const server = await createGrpcReceiver({
    accept: async (request) => {
      taken.push(request);
      return { kind: "accepted" };
    },
    auth: () => [],
    keepsMetadata: false,
    health,
    inTurn,
    budget: createBudget(1_000_000),
    maxRequestBytes: 100_000,
    emit: () => {},
    tls: undefined,
  });
  const { port } = await server.listen(0, "127.0.0.1");
  onTestFinished(() => server.close(0));
  return { server, port, taken };
}

const call = framed(requestOf("logs", { names: ["a"] }));

describe("createGrpcReceiver()", () => {
  it("serves the first connections, whose bytes come before HTTP/2 is loaded, and those after them", async () => {
    const { server, port, taken } = await start();
    for (const round of [1, 2]) {
      const clients = await Promise.all([grpcClient(port), grpcClient(port)]);
      const answers = await Promise.all(clients.map((client) => client.call(signals.logs.grpcPath, [call])));
      expect(answers).toMatchObject([{ status: 0 }, { status: 0 }]);
      expect(taken).toHaveLength(2 * round);
      for (const client of clients) client.close();
    }
    expect(server.requests()).toBe(0);
  });

  it("closes when nobody ever came, and when somebody has just come", async () => {
    const { server } = await start();
    await server.close(1000);
    const busy = await start();
    const socket = connect(busy.port, "127.0.0.1").resume();
    await new Promise((resolve) => socket.once("connect", resolve));
    const gone = new Promise((resolve) => socket.once("close", resolve).once("error", () => {}));
    await busy.server.close(0);
    await gone;
  });
});
