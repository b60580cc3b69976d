/** What one look at the course's pulse means for the lessons on the screen; pure, so that it is tested alone. */
import type { IHandedIn, ILesson, IPulse } from '../api/types';
import { busy } from './words';

/** Rounds without news after which all is loaded anew: new lessons, marks that were released. */
const ROUNDS = 12;

/**
 * The lessons with the state of what is on its way, or null if they must be loaded anew: something went out,
 * waits to go out, arrived, or was finished.
 */
export function after(
  lessons: ILesson[],
  told: IPulse,
  round: number
): ILesson[] | null {
  const shown = lessons
    .map(lesson => lesson.submission)
    .filter(work => busy(work))
    .map(work => work?.id)
    .sort();
  const moving = told.submissions.map(work => work.id).sort();
  const waits = lessons.some(lesson => lesson.outbox > 0);
  if (
    told.sent > 0 ||
    waits ||
    round >= ROUNDS ||
    shown.join() !== moving.join()
  ) {
    return null;
  }
  return lessons.map(lesson => ({
    ...lesson,
    submission:
      told.submissions.find(work => work.id === lesson.submission?.id) ??
      lesson.submission
  }));
}

/** The ids of what is shown as on its way and is not any more. */
export function finished(lessons: ILesson[], told: IPulse): string[] {
  const moving = new Set(told.submissions.map(work => work.id));
  return lessons
    .map(lesson => lesson.submission)
    .filter(work => busy(work))
    .map(work => work?.id ?? '')
    .filter(id => !moving.has(id));
}

/** The lessons after one was handed in: what was received, as far as it counts, and what was refused before. */
export function handed(
  lessons: ILesson[],
  slug: string,
  told: IHandedIn
): ILesson[] {
  return lessons.map(lesson =>
    lesson.slug === slug
      ? {
          ...lesson,
          submission: told.submission?.counts
            ? told.submission
            : lesson.submission,
          refused: told.refused.length ? told.refused : lesson.refused
        }
      : lesson
  );
}
