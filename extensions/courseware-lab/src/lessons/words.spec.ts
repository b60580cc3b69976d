import type { ILesson, ISubmission } from '../api/types';
import { busy, dates, span, state, wait } from './words';

const words = {
  __: (text: string, ...args: unknown[]): string =>
    args.reduce<string>(
      (said, arg, n) => said.replace(`%${n + 1}`, String(arg)),
      text
    )
};
const now = new Date('2026-11-23T12:00:00Z');
const lesson = (more: Partial<ILesson>): ILesson => ({
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
});
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
  expect(busy(work({}))).toBe(true);
  expect(busy(work({ state: 'failed' }))).toBe(false);
});

test('waits grow and never exceed half a minute by much', () => {
  expect([0, 1, 2].map(step => wait(step, null, 0.5))).toEqual([150, 300, 600]);
  expect(wait(9, 1000, 1)).toBe(33000);
  expect(wait(9, null, 0.5)).toBe(1000);
});
