/** Room on the disk for one queue of several. */
export interface Share {
  /** Takes room for an append; false where there is none left for this queue. */
  reserve(bytes: number): boolean;
  /** Counts what is there already, whether or not there is room for it. */
  take(bytes: number): void;
  release(bytes: number): void;
  /** Bytes taken. */
  used(): number;
  /** Bytes that this queue may take now, at most, those that it has taken included. */
  limit(): number;
}

/** `maxBytes`, shared by queues that come and go. */
export interface Room {
  share(): Share;
  used(): number;
}

/** Of an even share, what is kept free for each of the others, so that a queue that nobody empties cannot take it. */
const keptShare = 0.5;

/** A queue may take all that the others have neither taken nor are sure of: half an even share each. */
export function createRoom(maxBytes: number): Room {
  const taken: { bytes: number }[] = [];
  const used = () => taken.reduce((sum, { bytes }) => sum + bytes, 0);

  return {
    used,
    share() {
      const mine = { bytes: 0 };
      taken.push(mine);
      const limit = () => {
        const kept = (maxBytes / taken.length) * keptShare;
        const others = taken.filter((each) => each !== mine).reduce((sum, { bytes }) => sum + Math.max(bytes, kept), 0);
        return Math.max(0, Math.floor(maxBytes - others));
      };
      return {
        reserve(bytes) {
          if (mine.bytes + bytes > limit()) return false;
          mine.bytes += bytes;
          return true;
        },
        take(bytes) {
          mine.bytes += bytes;
        },
        release(bytes) {
          mine.bytes = Math.max(0, mine.bytes - bytes);
        },
        used: () => mine.bytes,
        limit,
      };
    },
  };
}
