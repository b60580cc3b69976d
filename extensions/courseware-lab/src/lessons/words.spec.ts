import type { IExerciseMark, ISubmission } from '../api/types';
import { lesson } from './sample';
import {
  busy,
  dates,
  got,
  missing,
  packed,
  span,
  standing,
  state,
  wait,
  waits
} from './words';

const words = {
  __: (text: string, ...args: unknown[]): string =>
    args.reduce<string>(
      (said, arg, n) => said.replace(`%${n + 1}`, String(arg)),
      text
    ),
  _n: (one: string, many: string, count: number): string =>
    (count === 1 ? one : many).replace('%1', String(count))
};
const now = new Date('2026-11-23T12:00:00Z');
const work = (more: Partial<ISubmission>): ISubmission => ({
  id: 's',
  lesson: 'l',
  received: '',
  late_seconds: 0,
  counts: true,
  state: 'waiting',
  position: null,
  eta_seconds: null,
  reason: '',
  score: null,
  max_score: 4,
  needs_person: false,
  marks_visible: true,
  missing: [],
  exercises: [],
  ...more
});

test.each([
  [30, 'less than a minute'],
  [60, '1 minute'],
  [7200, '2 hours'],
  [90000, '1 day']
])('%d seconds', (seconds, said) => {
  expect(span(seconds, words)).toBe(said);
});

test('dates in words', () => {
  expect(dates(lesson({}), now, words)).toBe('At your own pace');
  expect(dates(lesson({ due: '2026-11-26T12:00:00Z' }), now, words)).toBe(
    'Due in 3 days'
  );
  expect(
    dates(lesson({ due: '2026-11-23T10:00:00Z', state: 'late' }), now, words)
  ).toBe('Was due 2 hours ago; late work is taken');
  expect(
    dates(
      lesson({ opens: '2026-11-23T13:00:00Z', state: 'not-open' }),
      now,
      words
    )
  ).toBe('Opens in 1 hour');
  expect(dates(lesson({ due: '2035-01-02T12:00:00Z' }), now, words)).toMatch(
    /^Due .*2035/
  );
  expect(dates(lesson({ state: 'closed' }), now, words)).toBe('Closed');
  const locked = 'It opens when you have handed in “One”.';
  expect(dates(lesson({ locked, state: 'not-open' }), now, words)).toBe(locked);
});

test('states in words', () => {
  expect(state(null, words)).toBe('Not handed in');
  expect(state(work({ position: 3 }), words)).toBe(
    'Received; number 3 in line'
  );
  expect(state(work({ state: 'marked', score: 3 }), words)).toBe(
    'Marked: 3 of 4 points'
  );
  expect(state(work({ state: 'marked', marks_visible: false }), words)).toBe(
    'Marked; the points are shown later'
  );
  const some = { state: 'marked', withheld: 3, shows: '2026-12-03T17:00:00Z' };
  expect(
    state(work({ ...some, score: 7, max_score: 9 } as never), words)
  ).toMatch(
    /^Marked: 7 of 9 points so far; 3 more are shown after the due date \(.*2026.*\)$/
  );
  expect(state(work({ ...some, score: null } as never), words)).toMatch(
    /^Marked; 3 points are shown after the due date \(.*2026.*\)$/
  );
  expect(busy(work({}))).toBe(true);
  expect(busy(work({ state: 'failed' }))).toBe(false);
});

test('what staff set stands in place of a hand-in', () => {
  const set_mark = { points: 3, comment: '' };
  const told = lesson({ max_score: 4, set_mark });
  expect(standing(told, words)).toBe('Set by staff: 3 of 4 points');
  expect(
    standing({ ...told, submission: work({ state: 'running' }) }, words)
  ).toBe('Set by staff: 3 of 4 points');
  expect(standing(lesson({}), words)).toBe('Not handed in');
});

test('why an exercise has no points yet', () => {
  const mark = (more: Partial<IExerciseMark>): IExerciseMark => ({
    notebook: 'n',
    key: 't',
    title: 'T',
    points: 3,
    score: null,
    verdict: '',
    comment: '',
    hint: '',
    held: false,
    ...more
  });
  expect(waits(mark({}), words)).toBe('');
  expect(waits(mark({ withheld: true, visible_part: '' }), words)).toBe(
    'The points are shown after the due date.'
  );
  expect(waits(mark({ withheld: true, visible_part: 'pass' }), words)).toMatch(
    /^The visible part passed\./
  );
  expect(waits(mark({ withheld: true, visible_part: 'fail' }), words)).toMatch(
    /^The visible part did not pass\./
  );
});

test('what getting a lesson did, in sentences', () => {
  const told = {
    created: ['a.ipynb', 'b.csv'],
    kept: ['c.ipynb'],
    replaced: [],
    notes: ['Your copy is of release 1.']
  };
  expect(got(told, words)).toEqual([
    'Written: a.ipynb, b.csv.',
    'Left as you have it: c.ipynb.',
    'Your copy is of release 1.'
  ]);
  const taken = { created: [], kept: [], replaced: ['a.ipynb'], notes: [] };
  expect(got(taken, words)).toEqual(['Now as in the kept copy: a.ipynb.']);
});

test('what a pack is, where it is, and what to do with it', () => {
  const files = ['index.html', 'files/a.ipynb', 'files/data/x.csv'];
  const told = packed({ path: 'l-offline.zip', release: 2, files }, words);
  expect(got(told, words)).toEqual([
    'Written: l-offline.zip.',
    'In it: index.html, which shows the lesson in any browser without a network, and the files of release 2: files/a.ipynb, files/data/x.csv.',
    'Unpack it, and open index.html. For another machine, download it in the file browser first.'
  ]);
});

test('what a hand-in lacks', () => {
  expect(missing(work({}), words)).toBe('');
  expect(missing(work({ missing: ['m.ipynb', 'n.ipynb'] }), words)).toBe(
    'Not in this hand-in: m.ipynb, n.ipynb. What belongs there counts as not done.'
  );
});

test('waits grow and never exceed half a minute by much', () => {
  const first = [0, 1, 2, 3, 4, 5].map(step => wait(step, null, 0.5));
  expect(first).toEqual([150, 150, 150, 150, 300, 600]);
  expect(wait(9, 1000, 1)).toBe(33000);
  expect(wait(9, null, 0.5)).toBe(1000);
});
