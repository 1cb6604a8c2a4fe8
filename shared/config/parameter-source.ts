import type { SettingTexts } from "./resolve.ts";

/** Where shared settings are kept; `aws/ssm-parameters.ts` is Parameter Store. Never rejects. */
export interface ParameterSource {
  /** Names the source in messages, such as `/sluice/prod/`. */
  readonly name: string;
  read(): Promise<ParametersRead>;
}

/** The texts of the parameters, or why they cannot be read. */
export type ParametersRead =
  | {
      readonly kind: "read";
      readonly texts: SettingTexts;
      /** What is below `destinations/`, by the rest of its name: `<destination>/<setting>`. */
      readonly destinations?: Readonly<Record<string, string>>;
      /** What is below the name of a sender, by the rest of its name: `<sender>/<setting>`. */
      readonly senders?: Readonly<Record<string, string>>;
      /** What the pipeline of the functions finds with `sys.env`, by name: below `pipeline/env/` and `pipeline-secrets/`. */
      readonly variables?: Readonly<Record<string, string>>;
      /** Names below the source's path that are not settings: probably typing errors. */
      readonly unknown: readonly string[];
    }
  /** `reason` is a sentence that says what to do. */
  | { readonly kind: "failed"; readonly reason: string };
