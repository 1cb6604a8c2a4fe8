import type { ParametersRead } from "../shared/config/parameter-source.ts";
import { resolve } from "../shared/config/resolve.ts";
import { resolveSenders } from "../shared/config/senders.ts";

/** Why a stage cannot be opened to the internet by tokens: nobody has one, or that cannot be told. Undefined where somebody has. */
export function problemOfPublicApi(stage: string, read: ParametersRead): string | undefined {
  if (read.kind === "failed")
    return `publicApi=tokens opens ingest to the internet, and whether a sender has a token cannot be told: ${read.reason}`;
  const resolved = resolve(read.texts);
  if (resolved.kind === "invalid") return resolved.problems.map(({ message }) => message).join("\n");
  const { credentials, problems } = resolveSenders(resolved.config, read.senders ?? {});
  if (problems.length > 0) return problems.join("\n");
  return credentials.some((each) => "token" in each)
    ? undefined
    : `publicApi=tokens opens ingest to the internet, and no sender of the stage ${stage} has a token: set one first, with npx sluice config put sender-tokens --stage ${stage}, or deploy publicApi=iam.`;
}
