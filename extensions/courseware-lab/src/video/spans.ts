/** Spans of a video that were played; pure. */
import type { Span } from '../api/watched';

/** What a player leaves out between two spans without anybody noticing. */
const GAP = 0.25;

/** The spans as few that do not touch, in order. */
export function union(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && start <= last[1] + GAP) {
      last[1] = Math.max(last[1], end);
    } else {
      found.push([start, end]);
    }
  }
  return found;
}

/** The part of a browser's `TimeRanges` that is used. */
export interface IRanges {
  readonly length: number;
  start(index: number): number;
  end(index: number): number;
}

export function played(ranges: IRanges): Span[] {
  return Array.from({ length: ranges.length }, (_, at) => [
    ranges.start(at),
    ranges.end(at)
  ]);
}
