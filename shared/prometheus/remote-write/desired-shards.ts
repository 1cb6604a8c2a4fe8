/** What happened to samples since the last look. */
export interface ShardLoad {
  readonly seconds: number;
  /** Samples that were taken, and that were delivered. */
  readonly received: number;
  readonly sent: number;
  /** Time that requests were under way, added up. */
  readonly sendSeconds: number;
  /** Samples that wait. */
  readonly pending: number;
}

export interface ShardRange {
  readonly min: number;
  readonly max: number;
}

/** Weight of the newest look. */
const weight = 0.2;
/** Of what waits, this much is to go in each second beside what comes. */
const catchUp = 0.05;
const tolerance = 0.3;
/** Who is further behind gets no fewer shards. */
const maxBehindSeconds = 10;

/**
 * How many requests should be under way at a time, from look to look: time of a sample × (rate of arrival + a part of what waits), as
 * Prometheus reckons it (storage/remote/queue_manager.go, calculateDesiredShards).
 */
export function createDesiredShards({ min, max }: ShardRange): (load: ShardLoad, current: number) => number {
  const received = createRate();
  const sent = createRate();
  const sending = createRate();

  return (load, current) => {
    const arriving = received(load.received, load.seconds);
    const leaving = sent(load.sent, load.seconds);
    const busy = sending(load.sendSeconds, load.seconds);
    if (leaving <= 0) {
      return current;
    }
    const desired = (busy / leaving) * (arriving + catchUp * load.pending);
    if (desired >= current * (1 - tolerance) && desired <= current * (1 + tolerance)) {
      return current;
    }
    const wanted = Math.min(max, Math.max(min, Math.ceil(desired)));
    return wanted < current && load.pending > arriving * maxBehindSeconds ? current : wanted;
  };
}

/** An exponentially weighted mean of what happens in a second. */
function createRate(): (count: number, seconds: number) => number {
  let rate: number | undefined;
  return (count, seconds) => {
    const now = count / seconds;
    rate = rate === undefined ? now : rate + weight * (now - rate);
    return rate;
  };
}
