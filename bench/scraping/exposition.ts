/**
 * A target's exposition with as many series as asked for, as an application with histograms and counters writes it; `churn` of 100
 * belong to something that is there for one tick.
 */
export function makeExposition(series: number, tick: number, churn = 0): Buffer {
  const parts: string[] = [];
  const perFamily = 100;
  for (let family = 0; family * perFamily < series; family++) {
    const name = `app_subsystem_${family}_requests_total`;
    parts.push(`# HELP ${name} Requests that the subsystem has handled since it started.\n# TYPE ${name} counter\n`);
    for (let i = 0; i < perFamily && family * perFamily + i < series; i++) {
      const value =
        i % 3 === 0 ? `${tick * 17 + i}` : i % 3 === 1 ? `${tick * 17 + i}.25` : `1.${tick % 10}53467423e+07`;
      const pod = i < churn ? `,pod="app-7d4b9c-${tick}${i}"` : "";
      parts.push(
        `${name}{method="${["GET", "POST", "PUT"][i % 3]}",path="/api/v1/resource/${i}",status="${200 + (i % 5)}",zone="eu-west-1${"abc"[i % 3]}"${pod}} ${value}\n`,
      );
    }
  }
  return Buffer.from(parts.join(""));
}
