/** Keeps what is due at some time so that the earliest is at hand: a binary heap. */
export class DeadlineHeap<Value> {
  readonly #nodes: { readonly dueAt: number; readonly value: Value }[] = [];

  get size(): number {
    return this.#nodes.length;
  }

  /** The earliest, which stays. */
  peek(): { readonly dueAt: number; readonly value: Value } | undefined {
    return this.#nodes[0];
  }

  push(dueAt: number, value: Value): void {
    const nodes = this.#nodes;
    const node = { dueAt, value };
    let at = nodes.length;
    nodes.push(node);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = nodes[up];
      if (!parent || parent.dueAt <= dueAt) break;
      nodes[at] = parent;
      at = up;
    }
    nodes[at] = node;
  }

  pop(): Value | undefined {
    const nodes = this.#nodes;
    const [top] = nodes;
    const last = nodes.pop();
    if (!top || !last || nodes.length === 0) return top?.value;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const dueOf = (index: number) => nodes[index]?.dueAt ?? Number.POSITIVE_INFINITY;
      const down = dueOf(right) < dueOf(left) ? right : left;
      const child = nodes[down];
      if (!child || child.dueAt >= last.dueAt) break;
      nodes[at] = child;
      at = down;
    }
    nodes[at] = last;
    return top.value;
  }
}
