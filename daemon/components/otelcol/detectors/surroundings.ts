import { request } from "node:http";
import { createApiClient } from "../../../../shared/node/http-client/api-client.ts";
import type { FetchOptions, Surroundings } from "./detector.ts";

const maxBytes = 1 << 20;

/** The surroundings of this process; whatever is asked answers within `timeoutMs`. */
export function realSurroundings(hostname: string, timeoutMs: number): Surroundings {
  return {
    env: process.env,
    hostname,
    fetch: (url, options) => fetchText(url, timeoutMs, options),
    async docker(path) {
      const url = process.env.DOCKER_HOST || "unix:///var/run/docker.sock";
      const client = createApiClient({ url, timeoutMs });
      const answer = await client.getJson(path);
      client.close();
      if (answer.kind === "ok") return answer.value;
      throw new Error(answer.message);
    },
  };
}

function fetchText(
  url: string,
  timeoutMs: number,
  { method = "GET", headers = {} }: FetchOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { method, headers, timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
          if (text.length > maxBytes) answer.destroy(new Error(`${url} answered with more than ${maxBytes} bytes`));
        });
        answer.on("error", reject);
        answer.on("end", () => {
          if (answer.statusCode === 200) resolve(text);
          else reject(new Error(`${url} answered ${answer.statusCode}`));
        });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
