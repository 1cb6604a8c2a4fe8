import type { ServiceKey } from "../../daemon/controller/component.ts";

/** Finds the services that a function has. What it answers with throws a sentence for a person for any other. */
export function createServices(all: readonly (readonly [ServiceKey<unknown>, unknown])[]) {
  const services = new Map(all.map(([{ name }, service]) => [name, service] as const));
  return <T>({ name }: ServiceKey<T>): T => {
    if (!services.has(name)) throw new Error(`a function has no service ${name}`);
    return services.get(name) as T;
  };
}
