import { type ClientRequest, get, type IncomingMessage } from "node:http";
import type { PipelinePlace } from "./pipeline-place.ts";

const timeoutMs = 4000;

/** What a server says of its health; `text` is for the container's log. */
export interface Health {
  readonly isHealthy: boolean;
  readonly text: string;
}

interface Asked extends Health {
  /** The connection was closed, or answered with something that is not HTTP. */
  readonly isCutOff?: boolean;
}

/**
 * Asks a server on this host. One that speaks TLS is asked with TLS, and its certificate is not checked: the question is whether it lives.
 * One that wants a password or a certificate first does. Never rejects.
 */
export async function askHealth({ host, port }: PipelinePlace, path: string): Promise<Health> {
  const options = { host: host === "0.0.0.0" || host === "::" ? "localhost" : host, port, path, timeout: timeoutMs };
  const plain = await ask((onResponse) => get(options, onResponse));
  if (!plain.isCutOff) return plain;
  const https = await import("node:https");
  const secure = await ask((onResponse) => https.get({ ...options, rejectUnauthorized: false }, onResponse));
  return secure.isCutOff ? plain : secure;
}

function ask(send: (onResponse: (response: IncomingMessage) => void) => ClientRequest): Promise<Asked> {
  return new Promise((resolve) => {
    let isSecured = false;
    const request = send((response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => resolve(judge(response.statusCode, text)));
    });
    request.once("socket", (socket) => {
      socket.once("secureConnect", () => {
        isSecured = true;
      });
    });
    request.once("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.once("error", ({ message, code = "" }: NodeJS.ErrnoException) => {
      const isCutOff = code === "ECONNRESET" || code.startsWith("HPE_");
      if (isSecured && (isCutOff || code.includes("ALERT"))) {
        resolve({ isHealthy: true, text: "healthy: it wants a certificate of its clients\n" });
      } else resolve({ isHealthy: false, text: `not healthy: ${message}\n`, isCutOff });
    });
  });
}

function judge(status: number | undefined, text: string): Asked {
  if (status === 401) return { isHealthy: true, text: "healthy: it wants a password of its clients\n" };
  return { isHealthy: status === 200, text };
}
