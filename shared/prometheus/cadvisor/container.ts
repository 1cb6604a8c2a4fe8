import { type JsonObject, numberOf, objectOf, textOf, textsOf } from "../../discovery/json.ts";

/** A cgroup with what is known about it beside its numbers. */
export interface Container {
  /** Path of the cgroup. */
  readonly id: string;
  /** Name, image and labels of a container of Docker; empty otherwise. */
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly createdSeconds: number | undefined;
  readonly isContainer: boolean;
}

/** Which labels of containers become labels of their series. */
export interface ContainerLabels {
  /** All of them. */
  readonly store: boolean;
  /** These, where not all are stored. */
  readonly allowed: readonly string[];
}

/** Finds the container of Docker that a cgroup belongs to, by the identifier in its path, whatever the driver. */
export function createContainerLookup(containers: readonly JsonObject[], labels: ContainerLabels) {
  const byId = new Map(containers.map((container) => [textOf(container.Id) ?? "", container]));
  return (path: string): Omit<Container, "id"> | undefined => {
    // `/docker/<id>`, `/system.slice/docker-<id>.scope`, `…/libpod-<id>.scope`; not what is below a container.
    const id = /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?$/.exec(path)?.[1];
    const container = id === undefined ? undefined : byId.get(id);
    if (!container) return undefined;
    return { labels: labelsOf(container, labels), createdSeconds: numberOf(container.Created), isContainer: true };
  };
}

function labelsOf(container: JsonObject, { store, allowed }: ContainerLabels): Record<string, string> {
  const names = Array.isArray(container.Names) ? container.Names : [];
  const found: Record<string, string> = {};
  const image = textOf(container.Image) ?? "";
  for (const [name, value] of textsOf(objectOf(container.Labels))) {
    if (store || allowed.includes(name)) found[`container_label_${sanitized(name)}`] = value;
  }
  if (image !== "") found.image = image;
  const name = (textOf(names[0]) ?? "").replace(/^\//, "");
  if (name !== "") found.name = name;
  return found;
}

function sanitized(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/gu, "_");
}
