import { get } from "node:http";
import { fromEnvironment, resolve as resolveSettings } from "../../shared/config/resolve.ts";
import { commandLines, type PipelinePlace, pipelinePlace } from "./pipeline-place.ts";

const timeoutMs = 4000;

/**
 * What the container's health check runs: asks the admin port of the daemon beside it, and answers with an exit code. Healthy
 * is not ready: restarting the daemon does not bring the destination back. Of a process that runs a configuration it asks whether that was
 * loaded: one component that is not well, for a full disk say, is no reason to have all of them killed.
 */
export async function checkHealth(env: Readonly<Record<string, string | undefined>>): Promise<0 | 1> {
  const place = pipelinePlace(commandLines(), process.argv[1] ?? "");
  if (place) return ask(place, "/-/ready");
  const settings = resolveSettings(fromEnvironment(env));
  if (settings.kind === "invalid") {
    for (const { message } of settings.problems) process.stderr.write(`${message}\n`);
    return 1;
  }
  return ask({ host: settings.config.adminHost, port: settings.config.adminPort }, "/-/healthy");
}

function ask(place: PipelinePlace, path: string): Promise<0 | 1> {
  const { port } = place;
  const host = place.host === "0.0.0.0" || place.host === "::" ? "localhost" : place.host;
  return new Promise((resolve) => {
    const request = get({ host, port, path, timeout: timeoutMs }, (response) => {
      response.setEncoding("utf8").on("data", (text: string) => process.stdout.write(text));
      response.once("end", () => resolve(response.statusCode === 200 ? 0 : 1));
    });
    request.once("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.once("error", (error) => {
      process.stdout.write(`not healthy: ${error.message}\n`);
      resolve(1);
    });
  });
}
