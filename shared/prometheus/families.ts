/** One metric family being written: `labels` is what `labelText` gave, empty for none. */
export interface Family {
  add(value: number, labels?: string): void;
}

/** Metric families in the order in which they were first named; a family named twice is the same family. */
export interface Families {
  counter(name: string, help: string): Family;
  gauge(name: string, help: string): Family;
  untyped(name: string, help: string): Family;
  /** Adds lines of the exposition format below the header of a family, unless another file or collector named it before. */
  raw(family: RawFamily): void;
  /** Everything as text of the exposition format 0.0.4. */
  text(): string;
}

/** A family that is text already: its samples as whole lines. */
export interface RawFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly lines: string;
}

interface Written extends Family {
  readonly head: string;
  lines: string;
}

/**
 * Collects samples as text of the exposition format, which the scrape reads like any other.
 * @example const out = createFamilies(); out.gauge("node_load1", "Load.").add(0.5); out.text();
 */
export function createFamilies(): Families {
  const families = new Map<string, Written>();

  function family(type: string, name: string, help: string): Written {
    const known = families.get(name);
    if (known) return known;
    const written: Written = {
      head: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`,
      lines: "",
      add(value, labels = "") {
        written.lines += `${name}${labels} ${valueText(value)}\n`;
      },
    };
    families.set(name, written);
    return written;
  }

  return {
    counter: (name, help) => family("counter", name, help),
    gauge: (name, help) => family("gauge", name, help),
    untyped: (name, help) => family("untyped", name, help),
    raw({ name, type, help, lines }) {
      family(type, name, help).lines += lines;
    },
    text() {
      let text = "";
      for (const { head, lines } of families.values()) if (lines !== "") text += head + lines;
      return text;
    },
  };
}

/** `{a="1",b="x"}` with values escaped; names must be label names. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  let text = "{";
  for (const name in labels) text += `${text === "{" ? "" : ","}${name}="${escapeLabel(labels[name] ?? "")}"`;
  return `${text}}`;
}

function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
