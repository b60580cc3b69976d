/** The way through a course in words; pure, so that it is tested without a Lab. */
import type { PlanWish } from '../api/plan';
import type { ILessonProgress, IProgress, IWeek } from '../api/progress';
import type { IWords } from './words';

/** About how long something takes, no finer than anybody can know. */
export function work(minutes: number, words: IWords): string {
  const step = minutes < 60 ? 5 : minutes < 240 ? 15 : 30;
  const rounded = Math.max(step, Math.round(minutes / step) * step);
  const hours = Math.floor(rounded / 60);
  const rest = rounded % 60;
  if (!hours) {
    return words.__('about %1 min', rest);
  }
  return rest
    ? words.__('about %1 h %2 min', hours, rest)
    : words.__('about %1 h', hours);
}

/** What a lesson is on the way; empty where it just waits for its turn. */
export function step(
  told: ILessonProgress | undefined,
  next: string | null,
  words: IWords
): string {
  if (!told) {
    return '';
  }
  const states: Record<string, string> = {
    done: words.__('Done'),
    waiting: words.__('Handed in, marks to come'),
    again: words.__('Not enough yet: %1 % are needed', told.percent ?? 0),
    started: begun(told, words),
    locked: words.__('Locked'),
    missed: words.__('No longer possible')
  };
  const said = states[told.state] ?? '';
  if (told.lesson !== next) {
    return said;
  }
  return said ? `${words.__('Next')} · ${said}` : words.__('Next');
}

/** How far a lesson is that was begun. */
function begun(told: ILessonProgress, words: IWords): string {
  if (told.complete === 'watched') {
    return words.__(
      'In progress: %1 % watched, %2 % are needed',
      told.watched ?? 0,
      told.percent ?? 0
    );
  }
  return told.checks
    ? words.__('In progress: %1 of %2 checked', told.checked ?? 0, told.checks)
    : words.__('In progress');
}

/** How much is done, and about how much is left. */
export function sum(told: IProgress, words: IWords): string {
  const done = words.__('%1 of %2 lessons done', told.done, told.total);
  return told.minutes_left
    ? `${done} · ${words.__('%1 left', work(told.minutes_left, words))}`
    : done;
}

/** What to do where no lesson can be worked on now. */
export function nothing(told: IProgress, words: IWords): string {
  return told.done === told.total
    ? words.__('All lessons are done.')
    : words.__(
        'There is nothing that you can work on now: what is left opens later, or waits for its marks.'
      );
}

/** What this week's work is, in one line. */
export function thisWeek(week: IWeek, words: IWords): string {
  if (!week.items.length) {
    if (week.paused_until) {
      return words.__('This week: a pause until %1.', week.paused_until);
    }
    return week.done
      ? words.__('This week: nothing more is due.')
      : words.__('This week: nothing is due.');
  }
  const titles = week.items.map(each => each.title).join(', ');
  const line = words.__('This week: %1', titles);
  if (week.hours === null) {
    return line;
  }
  const minutes = week.items.reduce((all, each) => all + each.minutes, 0);
  return `${line} · ${words.__(
    '%1 of the %2 h that you chose',
    work(minutes, words),
    week.hours
  )}`;
}

/** What a form about one's own plan asks for. */
export function wish(
  act: 'hours' | 'pause' | 'zone',
  fields: FormData
): PlanWish {
  const said = (name: string): string => String(fields.get(name) ?? '').trim();
  switch (act) {
    case 'hours':
      return { act, hours: Number(said('hours')) };
    case 'pause':
      return { act, first: said('first'), last: said('last') };
    case 'zone':
      return { act, zone: said('zone') };
  }
}
