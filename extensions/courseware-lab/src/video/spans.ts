/** Spans of a video, and where it can go; pure. */
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

/** What a video says of where it can go. */
export interface IReach {
  readonly duration: number;
  readonly seekable: IRanges;
}

/** What a video says of where it stands, and what it has played. */
export interface IStand extends IReach {
  readonly currentTime: number;
  readonly played: IRanges;
}

/** So many seconds of a film say nothing of where somebody wants to be. */
const FIRST = 5;

/** Whether somebody went somewhere in a video, or has heard more than its first seconds from the beginning. */
export function isUnderWay({ currentTime, played }: IStand): boolean {
  const [first, ...others] = ranges(played);
  const begins = first && first[0] < GAP && !others.length;
  return currentTime > (begins ? FIRST : 0);
}

/**
 * The second at which a video goes on the next time; null while it is not known where the person left it, which
 * no beginning may overwrite. One that could not go on begins again, and that is no place to keep either.
 */
export function goesOnAt(video: IStand, kept: number | null): number | null {
  const { currentTime } = video;
  if (kept === null) {
    return null;
  }
  return canGo(video, kept) ? currentTime : Math.max(kept, currentTime);
}

/**
 * Whether a video can go to a second. A server that sends no parts of a file lets a browser play it from the
 * beginning only, and a second that is asked for all the same becomes 0. Before the browser knows, it can.
 */
export function canGo({ duration, seekable }: IReach, second: number): boolean {
  const there = Math.min(second, duration);
  const within = ([start, end]: Span): boolean =>
    start - GAP <= there && there <= end + GAP;
  return seekable.length === 0 || ranges(seekable).some(within);
}

/** The ranges of a browser as spans, such as those that were played. */
export function ranges(told: IRanges): Span[] {
  return Array.from({ length: told.length }, (_, at) => [
    told.start(at),
    told.end(at)
  ]);
}
