import { fromEnvironment, resolve as resolveSettings } from "../../shared/config/resolve.ts";
import { askHealth } from "./ask-health.ts";
import { commandLines, type PipelinePlace, pipelinePlace } from "./pipeline-place.ts";

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

async function ask(place: PipelinePlace, path: string): Promise<0 | 1> {
  const { isHealthy, text } = await askHealth(place, path);
  process.stdout.write(text);
  return isHealthy ? 0 : 1;
}
