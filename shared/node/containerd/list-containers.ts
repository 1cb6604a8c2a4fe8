import { connect, constants } from "node:http2";
import { createConnection } from "node:net";
import { parseContainerdContainers } from "../../discovery/containerd.ts";
import type { JsonObject } from "../../discovery/json.ts";
import { createMessageReader, frameMessage } from "../../grpc/framing.ts";
import type { ApiAnswer } from "../http-client/api-client.ts";

/** Where containerd listens and which of its namespaces is meant (`k8s.io` for pods, `moby` for Docker). */
export interface ContainerdPlace {
  readonly socket: string;
  readonly namespace: string;
}

const path = "/containerd.services.containers.v1.Containers/List";
const timeoutMs = 10_000;
const maxMessageBytes = 64 * 1024 * 1024;

/** All containers of a namespace, in the form of Docker's list; one call over a connection of its own. Never rejects. */
export function listContainerdContainers({ socket, namespace }: ContainerdPlace): Promise<ApiAnswer<JsonObject[]>> {
  return new Promise((resolve) => {
    const session = connect("http://localhost", {
      createConnection: () => createConnection(socket.replace(/^unix:\/\//, "")),
    });
    const timer = setTimeout(() => end(failed(`no answer within ${timeoutMs} ms`)), timeoutMs);
    session.on("error", (error) => end(failed(error.message)));
    const call = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: path,
      "content-type": "application/grpc",
      te: "trailers",
      "containerd-namespace": namespace,
    });
    const reader = createMessageReader({ maxMessageBytes, grow: () => true });
    let status: string | undefined;
    let said = "";
    const note = (headers: Readonly<Record<string, unknown>>) => {
      if (headers["grpc-status"] === undefined) return;
      status = String(headers["grpc-status"]);
      said = decodeURIComponent(String(headers["grpc-message"] ?? ""));
    };
    call.on("response", note);
    call.on("trailers", note);
    call.on("data", (chunk: Buffer) => reader.push(chunk));
    call.on("error", (error) => end(failed(error.message)));
    call.on("end", () => {
      if (status !== "0") return end(failed(`containerd answered ${status ?? "without a status"} ${said}`.trim()));
      const read = reader.end();
      if (read.kind === "refused") return end(failed(read.status.message));
      return end({ kind: "ok", value: parseContainerdContainers(read.message.bytes) });
    });
    call.end(frameMessage(new Uint8Array(0)));

    function end(answer: ApiAnswer<JsonObject[]>): void {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    }
  });
}

function failed(message: string): ApiAnswer<JsonObject[]> {
  return { kind: "failed", message };
}
