/** What was watched of a video, as the course service takes and tells it; times are seconds. */

export type Span = [number, number];

export interface IReport {
  path: string;
  duration: number;
  /** Null while it is not known where the person left it. */
  position: number | null;
  spans: Span[];
  /** How long ago that was. */
  age: number;
}

export interface IWatched {
  path: string;
  duration: number;
  position: number;
  /** The part of it that was watched, 0 to 1. */
  coverage: number;
  spans: Span[];
}
