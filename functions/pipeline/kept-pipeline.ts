const maxProblemLength = 2000;

/** What is told where another version of the pipeline cannot be used, and the one that runs is kept. */
export function keptPipeline(problem: string) {
  return { source: "pipeline", problems: problem.slice(0, maxProblemLength) };
}
