// Whether a video can go to a second. A server that sends no parts of a file lets a browser play it from the beginning
// only, and a second that is asked for all the same becomes 0. Before the browser knows, it can.
const NEAR = 0.25;

export function canGo({ duration, seekable }, second) {
  const there = Math.min(second, duration);
  const within = (_, at) => seekable.start(at) - NEAR <= there && there <= seekable.end(at) + NEAR;
  return seekable.length === 0 || Array.from({ length: seekable.length }).some(within);
}
