import type { RecentLine } from "./recent.ts";

/** A graph of components as it runs. Ids are whole: with those of their modules. Times are milliseconds since the epoch. */
export interface PipelineView {
  readonly at: number;
  readonly components: readonly ComponentRow[];
  readonly edges: readonly EdgeRow[];
}

export interface HealthRow {
  readonly state: string;
  readonly message: string;
  readonly at: number;
}

export interface ComponentRow {
  readonly id: string;
  /** Name of the block. */
  readonly name: string;
  readonly label: string;
  readonly health: HealthRow;
  /** Modules that it holds. */
  readonly modules: readonly string[];
}

/** `data`: the first hands items to the second; `reference`: the second uses an export of the first. */
export interface EdgeRow {
  readonly from: string;
  readonly to: string;
  readonly kind: "data" | "reference";
  /** That went over it, since it is there. */
  readonly items: number;
}

/** A value as Alloy's API shows it: `{type, value}`, fields of bodies with names; secrets are masked. */
export interface ShownField {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly value?: { readonly type: string; readonly value: unknown };
  readonly body?: readonly ShownField[];
}

export interface ComponentView extends ComponentRow {
  readonly history: readonly HealthRow[];
  readonly arguments: readonly ShownField[];
  readonly exports: readonly ShownField[];
  readonly debug: readonly ShownField[];
  readonly metrics: readonly { readonly name: string; readonly labels: string; readonly value: number }[];
  readonly lines: readonly RecentLine[];
  readonly uses: readonly string[];
  readonly usedBy: readonly string[];
}

export interface TargetRow {
  readonly component: string;
  readonly job: string;
  readonly url: string;
  readonly health: string;
  readonly error: string;
  readonly lastScrape: string;
  readonly duration: string;
  readonly samples: number;
}

export interface TailedFileRow {
  readonly component: string;
  readonly path: string;
  readonly isOpen: boolean;
  /** Bytes. */
  readonly position: number;
  readonly size?: number;
}

export interface DiagnosticRow {
  readonly severity: string;
  readonly place: string;
  readonly message: string;
  readonly hint?: string;
}

/** What a reload would change: blocks, and of a changed one the names of what is written in another way. No values. */
export interface ReloadPlan {
  readonly isValid: boolean;
  readonly changes: readonly BlockChange[];
  readonly diagnostics: readonly DiagnosticRow[];
}

export interface BlockChange {
  readonly id: string;
  readonly what: "added" | "removed" | "changed";
  readonly place: string;
  readonly fields: readonly string[];
}
