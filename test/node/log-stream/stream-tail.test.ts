import { describe, expect, it } from "vitest";
import { createStreamTail } from "../../../shared/node/log-stream/stream-tail.ts";
import { TimedLine } from "../../../shared/node/log-stream/timed-line.ts";
import type { Position, Positions } from "../../../shared/node/tail/positions.ts";

function memoryPositions(): Positions & { readonly known: Map<string, Position> } {
  const known = new Map<string, Position>();
  return {
    known,
    get: (path) => known.get(path),
    set: (path, _labels, position) => void known.set(path, position),
    delete: (path) => void known.delete(path),
    ofFile: () => undefined,
    setOfFile: () => {},
    whenChanged: () => {},
    save: async () => {},
  };
}

const second = 1_000_000_000n;
const line = (time: bigint, text: string) => TimedLine.ofTime(time, text);

/** A log that is asked from a second on, as Docker and Kubernetes keep it. */
function stand(log: TimedLine[]) {
  const positions = memoryPositions();
  const got: string[] = [];
  let fail = false;
  function setFailing(on: boolean): void {
    fail = on;
  }
  async function* from(since: number) {
    yield log.filter(({ timeUnixNano }) => timeUnixNano >= BigInt(since) * second);
  }
  const tail = () =>
    createStreamTail({
      positions,
      cursor: "cursor-x",
      open: async (since) => from(since),
      async send(lines) {
        if (fail) throw new Error("stopped");
        got.push(...lines.map((each) => each.line));
      },
    });
  return { positions, got, tail, setFailing };
}

async function read(tail: ReturnType<typeof createStreamTail>) {
  await tail.read(new AbortController().signal);
  await tail.idle();
}

describe("createStreamTail()", () => {
  it("repeats and loses nothing of the second in which it stopped", async () => {
    const log = [line(second, "1"), line(second + 5n, "2")];
    const { got, tail } = stand(log);
    await read(tail());
    // Written later, with a time that is earlier: two streams of one container.
    log.push(line(second + 3n, "3"), line(2n * second, "4"));
    await read(tail());
    expect(got).toEqual(["1", "2", "3", "4"]);
  });

  it("goes on behind what it read when the connection broke", async () => {
    const log = [line(second, "1")];
    const { got, tail } = stand(log);
    const one = tail();
    await read(one);
    log.push(line(second, "1b"), line(second + 1n, "2"));
    await read(one);
    expect(got).toEqual(["1", "1b", "2"]);
  });

  it("gives all lines of the second when the last one was rotated away", async () => {
    const log = [line(second, "1")];
    const { got, tail } = stand(log);
    await read(tail());
    log.splice(0, 1, line(second + 1n, "2"), line(2n * second, "3"));
    await read(tail());
    expect(got).toEqual(["1", "2", "3"]);
  });

  it("keeps its position before what was not durable", async () => {
    const { got, tail, setFailing, positions } = stand([line(second, "1"), line(3n * second, "2")]);
    setFailing(true);
    await read(tail());
    expect([got, positions.known.size]).toEqual([[], 0]);
    setFailing(false);
    await read(tail());
    expect([got, positions.known.get("cursor-x")?.offset]).toEqual([["1", "2"], 3]);
  });
});
