import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";

/** The services of the demo: what one order passes through, in this order. */
export const services = ["shop-frontend", "shop-checkout", "shop-payment"] as const;

export const routes = ["/products/{id}", "/cart", "/checkout", "/orders/{id}"] as const;

/** One in twenty requests goes wrong, so that there is something to look for. */
export function isFailing(index: number): boolean {
  return index % 20 === 19;
}

/** The resource of a service as an SDK with its detectors would report it. */
export function resourceOf(service: string): Resource {
  return resourceFromAttributes({
    "service.name": service,
    "service.namespace": "demo",
    "service.version": "1.4.2",
    "service.instance.id": `${service}-1`,
    "deployment.environment.name": "demo",
  });
}

/** The member of a list that an index falls on. */
export function pick<Item>(items: readonly [Item, ...Item[]], index: number): Item {
  return items[index % items.length] ?? items[0];
}
