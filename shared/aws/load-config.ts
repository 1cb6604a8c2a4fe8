import type { OpenedConfig } from "../config/config-store.ts";
import { type OpenConfigOptions, openConfig } from "../config/open-config.ts";

/** Loads the settings of a process that may never ask AWS: the SSM client is imported only where Parameter Store is wanted. */
export async function loadConfig(options: Omit<OpenConfigOptions, "openParameters">): Promise<OpenedConfig> {
  return openConfig({
    ...options,
    async openParameters({ stage }) {
      const [{ createSsmParameters }, { createSsmClient }] = await Promise.all([
        import("./ssm/ssm-parameters.ts"),
        import("./ssm/ssm-client.ts"),
      ]);
      return createSsmParameters({ stage, ssm: createSsmClient() });
    },
  });
}
