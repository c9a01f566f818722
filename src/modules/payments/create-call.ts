/**
 * A call that makes an intent has ended after so many seconds, whatever became of it: only then a look-up that finds
 * nothing is definite, and only then an order without an intent may end. Longer than any provider's own time-out.
 */
export const CREATE_CALL_SECONDS_MAX = 60;
