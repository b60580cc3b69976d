/** Times, states and waits in words; pure, so that it is tested without a Lab. */
import type {
  IChange,
  IExerciseMark,
  IGot,
  ILesson,
  IPacked,
  IPreview,
  ISubmission
} from '../api/types';
import { type ITongue, locale } from '../tongue';

/** The part of a translation bundle that is used here. */
export interface IWords extends ITongue {
  _n(one: string, many: string, count: number, ...args: unknown[]): string;
}

/** A stretch of time in its largest fitting unit. */
export function span(seconds: number, words: IWords): string {
  const units: [number, (number: number) => string][] = [
    [86400, number => words._n('%1 day', '%1 days', number)],
    [3600, number => words._n('%1 hour', '%1 hours', number)],
    [60, number => words._n('%1 minute', '%1 minutes', number)]
  ];
  for (const [length, many] of units) {
    const number = Math.floor(seconds / length);
    if (number >= 1) {
      return many(number);
    }
  }
  return words.__('less than a minute');
}

const FAR = 14 * 86400;

/** A date in the language of the words and the reader's own zone. */
export function day(date: Date, words: ITongue): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat(locale(words), style).format(date);
}

/** What a lesson's dates mean now. */
export function dates(lesson: ILesson, now: Date, words: IWords): string {
  if (lesson.state === 'not-open' && lesson.locked) {
    return lesson.locked;
  }
  if (lesson.state === 'not-open' && lesson.opens) {
    const wait = (Date.parse(lesson.opens) - now.getTime()) / 1000;
    return words.__('Opens in %1', span(wait, words));
  }
  if (lesson.state === 'closed') {
    return words.__('Closed');
  }
  if (!lesson.due) {
    return words.__('At your own pace');
  }
  const left = (Date.parse(lesson.due) - now.getTime()) / 1000;
  if (left > FAR) {
    return words.__('Due %1', day(new Date(lesson.due), words));
  }
  return left >= 0
    ? words.__('Due in %1', span(left, words))
    : words.__('Was due %1 ago; late work is taken', span(-left, words));
}

/** What became of a lesson: what staff set for it, or the hand-in that counts. */
export function standing(lesson: ILesson, words: IWords): string {
  return lesson.set_mark
    ? words.__(
        'Set by staff: %1 of %2 points',
        lesson.set_mark.points,
        lesson.max_score
      )
    : state(lesson.submission, words);
}

/** What became of a hand-in. */
export function state(work: ISubmission | null, words: IWords): string {
  if (work === null) {
    return words.__('Not handed in');
  }
  switch (work.state) {
    case 'waiting':
      return work.position
        ? words.__('Received; number %1 in line', work.position)
        : words.__('Received; waiting to be marked');
    case 'running':
      return words.__('Being marked');
    case 'failed':
      return words.__('Could not be marked: %1', work.reason);
    case 'superseded':
      return words.__('Replaced by a newer hand-in');
    case 'marked':
      return marks(work, words);
  }
}

/** The points of marked work, and what of them waits for the due date. */
function marks(work: ISubmission, words: IWords): string {
  if (!work.marks_visible) {
    return words.__('Marked; the points are shown later');
  }
  if (!work.withheld) {
    return words.__('Marked: %1 of %2 points', work.score ?? 0, work.max_score);
  }
  const when = work.shows ? day(new Date(work.shows), words) : '';
  if (work.score === null) {
    return words.__(
      'Marked; %1 points are shown after the due date (%2)',
      work.withheld,
      when
    );
  }
  return words.__(
    'Marked: %1 of %2 points so far; %3 more are shown after the due date (%4)',
    work.score,
    work.max_score,
    work.withheld,
    when
  );
}

/** Why an exercise has no points yet, and how the part of its test went that students have. */
export function waits(mark: IExerciseMark, words: IWords): string {
  if (!mark.withheld) {
    return '';
  }
  if (!mark.visible_part) {
    return words.__('The points are shown after the due date.');
  }
  return mark.visible_part === 'pass'
    ? words.__(
        'The visible part passed. The points are shown after the due date.'
      )
    : words.__(
        'The visible part did not pass. The points are shown after the due date.'
      );
}

/** What getting a lesson did, in sentences. */
export function got(told: IGot, words: IWords): string[] {
  const said: string[] = [];
  if (told.created.length) {
    said.push(words.__('Written: %1.', told.created.join(', ')));
  }
  if (told.replaced.length) {
    said.push(
      words.__('Now as in the kept copy: %1.', told.replaced.join(', '))
    );
  }
  if (told.updated?.length) {
    said.push(words.__('Brought up to date: %1.', told.updated.join(', ')));
  }
  if (told.undone?.length) {
    said.push(words.__('As before the update: %1.', told.undone.join(', ')));
  }
  if (told.kept.length) {
    said.push(words.__('Left as you have it: %1.', told.kept.join(', ')));
  }
  return [...said, ...told.notes];
}

/** What making a pack did, told as what getting files did is. */
export function packed(told: IPacked, words: IWords): IGot {
  const files = told.files.filter(path => path !== 'index.html');
  return {
    created: [told.path],
    kept: [],
    replaced: [],
    notes: [
      words.__(
        'In it: index.html, which shows the lesson in any browser without a network, and the files of release %1: %2.',
        told.release,
        files.join(', ')
      ),
      words.__(
        'Unpack it, and open index.html. For another machine, download it in the file browser first.'
      )
    ]
  };
}

/** What an update would do with a file. */
export function step(file: IPreview['files'][number], words: IWords): string {
  switch (file.what) {
    case 'merged':
      return file.changes.length
        ? words.__('the new version and what you wrote, together')
        : words.__('as you have it');
    case 'replaced':
      return words.__('the new version; you have not changed yours');
    case 'added':
      return words.__('new');
    case 'beside':
      return words.__('yours stays; the new version comes beside it');
  }
}

/** What is different at a cell. */
export function change(each: IChange, words: IWords): string {
  switch (each.kind) {
    case 'changed':
      return words.__('Changed by the course');
    case 'added':
      return words.__('Added by the course');
    case 'removed':
      return words.__('Removed by the course');
    case 'returned':
      return words.__('You had deleted it; it is back');
    case 'both':
      return words.__('Changed by the course and by you: you get both');
    case 'kept':
      return words.__('Removed by the course; yours stays');
  }
}

/** Which of the lesson's notebooks a hand-in lacks; empty if none. */
export function missing(work: ISubmission, words: IWords): string {
  return work.missing.length
    ? words.__(
        'Not in this hand-in: %1. What belongs there counts as not done.',
        work.missing.join(', ')
      )
    : '';
}

/** Whether a hand-in is still on its way. */
export function busy(work: ISubmission | null): boolean {
  return work !== null && ['waiting', 'running'].includes(work.state);
}

const SOON = [150, 150, 150, 150, 300, 600];

/** Milliseconds until it is worth asking again: quickly at first, then by the estimate, at most 30 s. */
export function wait(step: number, eta: number | null, random: number): number {
  const base =
    step < SOON.length
      ? SOON[step]
      : Math.min(30000, Math.max(1000, (eta ?? 1) * 1000));
  return Math.round(base * (0.9 + 0.2 * random));
}
