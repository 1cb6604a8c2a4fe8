import { isUtf8 } from "node:buffer";
import type { HttpAnswer } from "../../../shared/http/message.ts";
import { bodyOf, type EdgeCase, protobuf } from "../otlp/cases/edge-case.ts";
import { rawClient } from "./raw-client.ts";

/** The request of a case as bytes on the wire, HTTP/1.1, closing the connection unless told otherwise. */
export function wireOf(edge: EdgeCase, { keepAlive = false } = {}): Buffer {
  const body = bodyOf(edge);
  const lines = [`${edge.method ?? "POST"} ${edge.path ?? "/v1/traces"} HTTP/1.1`, "Host: localhost"];
  for (const [name, values] of Object.entries(edge.headers ?? protobuf)) {
    for (const value of [values].flat()) lines.push(`${name}: ${value}`);
  }
  lines.push(`Content-Length: ${body.length}`, keepAlive ? "Connection: keep-alive" : "Connection: close");
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

/** Sends bytes on a connection of their own and reads until the server closes it. */
export async function exchange(port: number, wire: string | Uint8Array): Promise<string> {
  const client = await rawClient(port);
  client.send(wire);
  return client.closed();
}

/** Every answer in what a server sent, one after the other; interim ones too. */
export function answersIn(received: string): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let rest = received;
  for (let end = rest.indexOf("\r\n\r\n"); end >= 0; end = rest.indexOf("\r\n\r\n")) {
    const [line = "", ...fields] = rest.slice(0, end).split("\r\n");
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(":")).toLowerCase(),
        field.slice(field.indexOf(":") + 1).trim(),
      ]),
    );
    const length = Number(headers["content-length"] ?? 0);
    const body = Buffer.from(rest.slice(end + 4, end + 4 + length), "latin1");
    answers.push({ status: Number(line.split(" ")[1]), headers, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** The load balancer hands JSON over as text, and refuses by itself what is not UTF-8; a server, what is not HTTP. */
export function refusedByFront(edge: EdgeCase, front: "alb" | "server"): boolean {
  const { headers = {}, notHttp } = edge;
  const isText = /^(text\/|application\/json\s*(;|$))/i.test(String(headers["content-type"] ?? ""));
  const unfit = front === "alb" && isText && !("content-encoding" in headers) && !isUtf8(bodyOf(edge));
  return notHttp === true || unfit;
}
