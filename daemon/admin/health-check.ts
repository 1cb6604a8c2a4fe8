import { get } from "node:http";
import { fromEnvironment, resolve as resolveSettings } from "../../shared/config/resolve.ts";

const timeoutMs = 4000;

/**
 * What the container's health check runs: asks the admin port of the daemon beside it, and answers with an exit code. Healthy
 * is not ready: restarting the daemon does not bring the destination back.
 */
export async function checkHealth(env: Readonly<Record<string, string | undefined>>): Promise<0 | 1> {
  const settings = resolveSettings(fromEnvironment(env));
  if (settings.kind === "invalid") {
    for (const { message } of settings.problems) process.stderr.write(`${message}\n`);
    return 1;
  }
  return ask(settings.config.adminPort, settings.config.adminHost);
}

function ask(adminPort: number, adminHost: string): Promise<0 | 1> {
  const host = adminHost === "0.0.0.0" || adminHost === "::" ? "localhost" : adminHost;
  return new Promise((resolve) => {
    const request = get({ host, port: adminPort, path: "/-/healthy", timeout: timeoutMs }, (response) => {
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
