import type { Auth } from "../../../../shared/delivery/auth.ts";
import type { AuthHandler } from "../../../controller/capsules.ts";
import type { Component } from "../../../controller/component.ts";

interface AuthExports {
  readonly handler: AuthHandler;
}

/** The `build` of a component that is for exporters alone: `credentials` is asked for every export. */
export function clientAuth<Args>(credentials: (given: Args) => Auth) {
  return (given: Args): Component<Args, AuthExports> => {
    let current = given;
    return {
      exports: { handler: { client: () => credentials(current) } },
      update(next) {
        current = next;
      },
    };
  };
}
