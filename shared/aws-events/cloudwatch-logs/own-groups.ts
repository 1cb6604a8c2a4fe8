/** Whether a group is one that the gateway writes itself: its logs would make logs, without an end. */
export type IsOwnGroup = (logGroup: string) => boolean;

/** Knows groups by their names, or by how they begin where `*` ends the entry. */
export function createOwnGroups(entries: readonly string[]): IsOwnGroup {
  const names = new Set(entries.filter((entry) => !entry.endsWith("*")));
  const beginnings = entries.filter((entry) => entry.endsWith("*")).map((entry) => entry.slice(0, -1));
  return (group) => names.has(group) || beginnings.some((beginning) => group.startsWith(beginning));
}

/** What a stage writes: its functions, and the daemon on ECS (infra/functions.yml, infra/daemon.yml). */
export function groupsOfStage(stage: string): readonly string[] {
  return [`/aws/lambda/sluice-${stage}-*`, `/ecs/sluice-${stage}-*`];
}
