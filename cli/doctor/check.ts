/** One finding of `sluice doctor`. Every `failed` and `warning` names what to do. */
export type Check =
  | { readonly name: string; readonly state: "ok" | "skipped"; readonly detail: string }
  | { readonly name: string; readonly state: "warning" | "failed"; readonly detail: string; readonly fix: string };

/** A check that passed. */
export function ok(name: string, detail: string): Check {
  return { name, state: "ok", detail };
}

/** A check that does not apply here; `detail` says why. */
export function skipped(name: string, detail: string): Check {
  return { name, state: "skipped", detail };
}

/** A check whose answer deserves a look; `fix` is what to do. */
export function warning(name: string, detail: string, fix: string): Check {
  return { name, state: "warning", detail, fix };
}

/** A check that makes the exit code 1; `fix` is the command that repairs it. */
export function failed(name: string, detail: string, fix: string): Check {
  return { name, state: "failed", detail, fix };
}
