import type { SsmParameters } from "../shared/aws/ssm/ssm-parameters.ts";
import { parseValue } from "../shared/config/parse-value.ts";
import { settings } from "../shared/config/settings.ts";
import { complain, type Io } from "./terminal/io.ts";

/** The stage that is meant: `--stage`, else SLUICE_STAGE, else the default; undefined, with a complaint, if malformed. */
export function stageOf({ stage }: { readonly stage?: string }, io: Io): string | undefined {
  const text = stage ?? (io.env[settings.stage.env] || settings.stage.default);
  const parsed = parseValue(settings.stage, text);
  if (parsed.kind === "value") return String(parsed.value);
  complain(io, `The stage is ${JSON.stringify(text)}: it must ${parsed.must}.`);
  return undefined;
}

/** Parameter Store as the SDK finds it: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL. Imported only when it is asked. */
export async function parametersOf(stage: string): Promise<SsmParameters> {
  const { createSsmParameters } = await import("../shared/aws/ssm/ssm-parameters.ts");
  const { createSsmClient } = await import("../shared/aws/ssm/ssm-client.ts");
  return createSsmParameters({ stage, ssm: createSsmClient() });
}
