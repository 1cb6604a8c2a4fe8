import type { Parameter } from "@aws-sdk/client-ssm";
import type { ParameterSource, ParametersRead } from "../../config/parameter-source.ts";
import type { Setting } from "../../config/setting.ts";
import { type ParameterPath, type SettingKey, settingKeys, settings } from "../../config/settings.ts";
import { systemClock } from "../../node/system-clock.ts";
import { awsProblem } from "../aws-problem.ts";
import type { Ssm } from "./ssm.ts";

export interface SsmParametersOptions {
  readonly stage: string;
  /** The paths that the role may read, each asked for by itself; absent: all that the stage has. */
  readonly paths?: readonly ParameterPath[];
  readonly ssm: Ssm;
  /** Most time for one reading or writing, retries included. */
  readonly timeoutMs?: number;
}

export interface SsmParameters extends ParameterSource {
  /** Writes the setting: a secret as SecureString, under the account's default key or `kmsKeyId`. Never rejects. */
  put(setting: Kept, text: string, options?: { readonly kmsKeyId?: string | undefined }): Promise<Put>;
}

/** What is written: its name below the stage, and whether it is a secret. */
export type Kept = Pick<Setting, "env" | "ssm" | "secret">;

/** What became of a write. */
export type Put =
  | { readonly kind: "put"; readonly name: string; readonly version: number }
  | { readonly kind: "failed"; readonly reason: string };

/** Most bytes of a standard parameter (Systems Manager quotas). */
const maxValueBytes = 4_096;
const maxPages = 50;
const initialPauseMs = 200;
const maxPauseMs = 1500;
const minAttemptMs = 500;
const destinationsPath = "destinations/";
/** `senders/<name>/<setting>`; other settings of those who receive are beside it. */
const senderPattern = /^senders\/([^/]+\/[^/]+)$/;
const variablePaths = ["pipeline/env/", "pipeline-secrets/"];

/**
 * The settings of one stage in Parameter Store: `/sluice/<stage>/<path>/<name>`, decrypted. The role needs
 * `ssm:GetParametersByPath` on the paths that it asks for, and `kms:Decrypt` where the key is not the default one.
 */
export function createSsmParameters({ stage, paths, ssm, timeoutMs = 10_000 }: SsmParametersOptions): SsmParameters {
  const path = `/sluice/${stage}/`;

  /** Throttled, as it happens when many functions start at once, it asks again for as long as it has time. */
  async function patiently(): Promise<readonly Found[]> {
    const endsAt = performance.now() + timeoutMs;
    for (let attempt = 0; ; attempt++) {
      const pauseMs = Math.min(maxPauseMs, initialPauseMs * 2 ** attempt) * (0.5 + Math.random() / 2);
      try {
        return await all(AbortSignal.timeout(Math.max(1, Math.ceil(endsAt - performance.now()))));
      } catch (error) {
        if (!isPassing(error) || performance.now() + pauseMs + minAttemptMs > endsAt) throw error;
      }
      await systemClock.sleep(pauseMs);
    }
  }

  async function all(abortSignal: AbortSignal): Promise<readonly Found[]> {
    const asked = paths?.map((each) => `${path}${each}/`) ?? [path];
    return (await Promise.all(asked.map((each) => pages(each, abortSignal)))).flat();
  }

  async function pages(Path: string, abortSignal: AbortSignal): Promise<readonly Found[]> {
    const found: Found[] = [];
    const query = { Path, Recursive: true, WithDecryption: true, MaxResults: 10 };
    let NextToken: string | undefined;
    for (let count = 0; count === 0 || NextToken; count++) {
      if (count === maxPages) throw new Error(`there are more than ${found.length} parameters`);
      const page = await ssm.getParametersByPath({ ...query, ...(NextToken && { NextToken }) }, { abortSignal });
      found.push(...(page.Parameters ?? []).flatMap(foundIn));
      NextToken = page.NextToken;
    }
    return found;
  }

  return {
    name: path,
    read: () =>
      patiently().then(
        (found) => mapped(found, path),
        (error) => ({
          kind: "failed",
          reason: awsProblem(error, {
            action: "ssm:GetParametersByPath",
            resource: `parameter${path}${paths ? `{${paths.join(",")}}/` : ""}*`,
          }),
        }),
      ),
    async put(setting, text, { kmsKeyId } = {}) {
      if (!setting.ssm) return failed(`${setting.env} has no parameter: it is set in the environment only.`);
      const name = path + setting.ssm;
      const bytes = new TextEncoder().encode(text).length;
      if (bytes > maxValueBytes) return failed(`${name} would be ${bytes} bytes: a parameter holds ${maxValueBytes}.`);
      const kept = setting.secret
        ? ({ Type: "SecureString", ...(kmsKeyId && { KeyId: kmsKeyId }) } as const)
        : ({ Type: "String" } as const);
      const input = { Name: name, Value: text, Overwrite: true, ...kept };
      return ssm.putParameter(input, { abortSignal: AbortSignal.timeout(timeoutMs) }).then(
        ({ Version }): Put => ({ kind: "put", name, version: Version ?? 1 }),
        (error) => failed(awsProblem(error, { action: "ssm:PutParameter", resource: `parameter${name}` })),
      );
    },
  };
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  return /Throttl|TooManyRequests|RequestLimit|SlowDown/.test(error.name) || status === 429 || (status ?? 0) >= 500;
}

interface Found {
  readonly name: string;
  readonly value: string;
}

function foundIn({ Name: name, Value: value }: Parameter): Found[] {
  return name === undefined || value === undefined ? [] : [{ name, value }];
}

function mapped(found: readonly Found[], path: string): ParametersRead {
  const texts: Partial<Record<SettingKey, string>> = {};
  const destinations: Record<string, string> = {};
  const senders: Record<string, string> = {};
  const variables: Record<string, string> = {};
  const unknown: string[] = [];
  for (const { name, value } of found) {
    const below = name.slice(path.length);
    const key = keys.get(below);
    const [, ofSender] = senderPattern.exec(below) ?? [];
    const variablePath = variablePaths.find((each) => below.startsWith(each));
    if (key) texts[key] = value;
    else if (variablePath) variables[below.slice(variablePath.length)] = value;
    else if (below.startsWith(destinationsPath)) destinations[below.slice(destinationsPath.length)] = value;
    else if (ofSender !== undefined) senders[ofSender] = value;
    else unknown.push(name);
  }
  return { kind: "read", texts, destinations, senders, variables, unknown };
}

const keys: ReadonlyMap<string, SettingKey> = new Map(
  settingKeys.flatMap((key): [string, SettingKey][] => {
    const setting: Setting = settings[key];
    return setting.ssm ? [[setting.ssm, key]] : [];
  }),
);

function failed(reason: string): Put {
  return { kind: "failed", reason };
}
