import type { ILessonProgress, IProgress, Step } from '../api/progress';
import { nothing, step, sum, thisWeek, wish, work } from './way';

const trans = {
  __: (text: string, ...args: unknown[]): string =>
    args.reduce<string>(
      (said, arg, n) => said.replace(`%${n + 1}`, String(arg)),
      text
    ),
  _n: (one: string): string => one
};

function lesson(state: Step, more = {}): ILessonProgress {
  return {
    lesson: 'one',
    title: 'One',
    state,
    complete: 'submitted',
    percent: null,
    watched: null,
    minutes: 60,
    ...more
  };
}

function way(more: Partial<IProgress> = {}): IProgress {
  return {
    done: 1,
    total: 3,
    next: 'one',
    minutes_left: 150,
    lessons: [],
    week: { done: 0, items: [], hours: null, paused_until: null },
    ...more
  };
}

describe('the way through a course', () => {
  it.each([
    [1, 'about 5 min'],
    [43, 'about 45 min'],
    [58, 'about 1 h'],
    [150, 'about 2 h 30 min'],
    [610, 'about 10 h']
  ])('takes %d minutes as people say it', (minutes, said) => {
    expect(work(minutes, trans)).toBe(said);
  });

  it.each([
    ['done', 'Done'],
    ['open', ''],
    ['not-open', ''],
    ['waiting', 'Handed in, marks to come'],
    ['missed', 'No longer possible']
  ] as [Step, string][])('says what a lesson is: %s', (state, said) => {
    expect(step(lesson(state), null, trans)).toBe(said);
  });

  it('marks the next lesson, and what is needed', () => {
    expect(step(lesson('open'), 'one', trans)).toBe('Next');
    expect(step(lesson('started'), 'one', trans)).toBe('Next · In progress');
    expect(step(lesson('again', { percent: 60 }), null, trans)).toBe(
      'Not enough yet: 60 % are needed'
    );
    expect(step(undefined, 'one', trans)).toBe('');
  });

  it('says how much of the videos is watched', () => {
    const told = { complete: 'watched', watched: 40, percent: 90 };
    expect(step(lesson('started', told), null, trans)).toBe(
      'In progress: 40 % watched, 90 % are needed'
    );
    expect(step(lesson('done', told), null, trans)).toBe('Done');
  });

  it('says how many questions and exercises are checked', () => {
    const told = { complete: 'checked', checked: 2, checks: 5 };
    expect(step(lesson('started', told), null, trans)).toBe(
      'In progress: 2 of 5 checked'
    );
    expect(step(lesson('done', told), null, trans)).toBe('Done');
  });

  it('says how much is done and left', () => {
    expect(sum(way(), trans)).toBe(
      '1 of 3 lessons done · about 2 h 30 min left'
    );
    expect(sum(way({ minutes_left: null }), trans)).toBe('1 of 3 lessons done');
    expect(nothing(way({ done: 3 }), trans)).toBe('All lessons are done.');
    expect(nothing(way(), trans)).toContain('opens later');
  });

  it('says what this week is for', () => {
    const week = way().week;
    const item = { lesson: 'one', title: 'One', minutes: 90, due: null };
    expect(thisWeek(week, trans)).toBe('This week: nothing is due.');
    expect(thisWeek({ ...week, done: 2 }, trans)).toBe(
      'This week: nothing more is due.'
    );
    expect(thisWeek({ ...week, paused_until: '2026-12-06' }, trans)).toBe(
      'This week: a pause until 2026-12-06.'
    );
    expect(thisWeek({ ...week, items: [item] }, trans)).toBe('This week: One');
    expect(thisWeek({ ...week, items: [item, item], hours: 4 }, trans)).toBe(
      'This week: One, One · about 3 h of the 4 h that you chose'
    );
  });
});

describe('a form about the plan', () => {
  const fields = new FormData();
  fields.set('hours', '4.5');
  fields.set('first', '2027-02-01');
  fields.set('last', '2027-02-07');
  fields.set('zone', ' Europe/Berlin ');

  it('asks for what it is about and nothing else', () => {
    expect(wish('hours', fields)).toEqual({ act: 'hours', hours: 4.5 });
    expect(wish('pause', fields)).toEqual({
      act: 'pause',
      first: '2027-02-01',
      last: '2027-02-07'
    });
    expect(wish('zone', fields)).toEqual({
      act: 'zone',
      zone: 'Europe/Berlin'
    });
  });

  it('asks for what the course refuses in words where a field is empty', () => {
    const empty = new FormData();
    expect(wish('hours', empty)).toEqual({ act: 'hours', hours: 0 });
    expect(wish('pause', empty)).toEqual({ act: 'pause', first: '', last: '' });
    expect(wish('zone', empty)).toEqual({ act: 'zone', zone: '' });
  });
});
