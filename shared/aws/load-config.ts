import type { OpenedConfig } from "../config/config-store.ts";
import { type OpenConfigOptions, openConfig } from "../config/open-config.ts";

/**
 * Loads the settings of a process that may never ask AWS: the SSM client is imported only where Parameter Store is wanted.
 * The functions, which always ask, import it as they start (`start-function.ts`): in a bundle that is smaller and faster.
 */
export async function loadConfig(options: Omit<OpenConfigOptions, "openParameters">): Promise<OpenedConfig> {
  return openConfig({
    ...options,
    openParameters: async ({ stage }) => (await import("./ssm-parameters.ts")).createSsmParameters({ stage }),
  });
}
