import vectors from "../fixtures/alloy/language.json" with { type: "json" };

/** A case that Alloy itself has judged; `test/fixtures/alloy/language.json` says how. */
export interface LanguageCase {
  readonly name: string;
  readonly kind: string;
  readonly source: string;
  readonly schema?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly expect: {
    readonly ok: boolean;
    readonly stage?: string;
    readonly errors?: readonly LanguageError[];
    readonly error?: string;
    readonly value?: unknown;
    readonly arguments?: Readonly<Record<string, unknown>>;
    readonly body?: unknown;
    readonly text?: string;
  };
}

export interface LanguageError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** The cases of one kind: `expr`, `parse`, `decode`, `format` or `report`. */
export function languageCases(kind: string): readonly LanguageCase[] {
  return (vectors.cases as unknown as readonly LanguageCase[]).filter((each) => each.kind === kind);
}
