import type { Overview } from "../../shared/overview/overview.ts";

const maxSamples = 90;
const rateWindowMs = 10_000;

/** The overviews that this tab has seen, oldest first: what rates and curves are made of. Costs the process nothing. */
export class History {
  readonly samples: Overview[] = [];

  /** Takes the next one; a restart of the process begins again. */
  take(next: Overview): void {
    const last = this.samples.at(-1);
    if (last && last.build.startedAt !== next.build.startedAt) this.samples.length = 0;
    this.samples.push(next);
    if (this.samples.length > maxSamples) this.samples.shift();
  }

  /** How fast a counter grows now, per second; undefined before there are two samples. */
  rate(read: (overview: Overview) => number): number | undefined {
    const last = this.samples.at(-1);
    const first = this.samples.find(({ at }) => last && last.at - at <= rateWindowMs);
    if (!last || !first || first === last) return undefined;
    return Math.max(0, ((read(last) - read(first)) * 1000) / (last.at - first.at));
  }

  /** The rate between each two samples, for a curve. */
  curve(read: (overview: Overview) => number): readonly number[] {
    return this.samples.slice(1).map((sample, index) => {
      const before = this.samples[index] ?? sample;
      const ms = sample.at - before.at;
      return ms <= 0 ? 0 : Math.max(0, ((read(sample) - read(before)) * 1000) / ms);
    });
  }
}
