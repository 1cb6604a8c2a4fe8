/** When clients may come back if memory is short: the time of a few exports. */
export const busyRetryMs = 1000;
