/** One finding of `sluice doctor`. Every `failed` and `warning` names what to do. */
export type Check =
  | { readonly name: string; readonly state: "ok" | "skipped"; readonly detail: string }
  | { readonly name: string; readonly state: "warning" | "failed"; readonly detail: string; readonly fix: string };

export function ok(name: string, detail: string): Check {
  return { name, state: "ok", detail };
}

export function skipped(name: string, detail: string): Check {
  return { name, state: "skipped", detail };
}

export function warning(name: string, detail: string, fix: string): Check {
  return { name, state: "warning", detail, fix };
}

export function failed(name: string, detail: string, fix: string): Check {
  return { name, state: "failed", detail, fix };
}
