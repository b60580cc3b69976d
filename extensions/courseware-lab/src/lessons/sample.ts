import type { ILesson } from '../api/types';

/** A lesson for tests: open, released once, with nothing done in it, but for what is told. */
export function lesson(more: Partial<ILesson> = {}): ILesson {
  return {
    slug: 'l',
    title: 'L',
    opens: null,
    due: null,
    closes: null,
    state: 'open',
    release: { number: 1 },
    exercises: [],
    max_score: 0,
    kept: null,
    submission: null,
    copy: null,
    outbox: 0,
    refused: [],
    ...more
  };
}
