import { MapValue } from "../edit/any-value.ts";
import type { Scene } from "../edit/scene.ts";

/** What statements run on: the messages in view, and the cache, a map that lives as long as one message is in view. */
export class Frame {
  readonly scene: Scene;
  private map: MapValue | undefined;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  get cache(): MapValue {
    this.map ??= new MapValue();
    return this.map;
  }

  set cache(map: MapValue) {
    this.map = map;
  }

  /** Begins the next message. */
  clear(): void {
    this.map = undefined;
  }
}
