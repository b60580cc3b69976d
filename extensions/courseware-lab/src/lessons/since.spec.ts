import type { IPost, IThread } from '../api/discussion';
import type { ISince } from '../api/since';
import { excerpt, headline, lines } from './since';

const fill = (text: string, args: unknown[]): string =>
  args.reduce<string>((s, arg, n) => s.replace(`%${n + 1}`, String(arg)), text);
const words = {
  __: (text: string, ...args: unknown[]): string => fill(text, args),
  _n: (one: string, many: string, count: number): string =>
    fill(count === 1 ? one : many, [count])
};
const now = new Date('2026-11-23T12:00:00Z');
const author = {
  id: null,
  name: 'Anonymous 1',
  role: 'student' as const,
  me: false,
  anonymous: true
};
const thread: IThread = {
  id: 'thr_1',
  lesson: 'one',
  key: 'c1',
  kind: 'question',
  title: 'Why?',
  state: 'open',
  locked: false,
  pinned: false,
  endorsed: false,
  hidden: false,
  following: true,
  unread: 1,
  posts: 2,
  author,
  created: '2026-11-23T10:00:00Z',
  last: '2026-11-23T11:00:00Z',
  claimed_by: null,
  excerpt: 'I wonder',
  can: []
};
const post: IPost = {
  id: 'pst_2',
  thread: 'thr_1',
  number: 2,
  author,
  body: 'Because, @[Sam Doe], of **this**.',
  created: '2026-11-23T11:00:00Z',
  edited: null,
  edits: 0,
  state: 'shown',
  endorsed: false,
  answer: false,
  reactions: [],
  attachment: null,
  can: []
};
const none: ISince = {
  since: '2026-11-20T12:00:00Z',
  news: 0,
  talk: { said: [], number: 0, waiting: [], waiting_number: 0 },
  marked: [],
  opened: [],
  released: []
};

test('an excerpt is one line in which names read as names', () => {
  expect(excerpt('See @[Ana Ö]\n\n```python\nb = `1`\n```\n# A *b*')).toBe(
    'See @Ana Ö b = 1 A b'
  );
  expect(excerpt('x'.repeat(200))).toHaveLength(140);
});

test('nothing new is said so', () => {
  expect(headline(none, words)).toBe('Nothing is new');
  expect(headline({ ...none, news: 1 }, words)).toBe('1 thing is new');
  expect(lines(none, new Map(), now, words)).toEqual([]);
});

test('each line says why it is told and leads to its place', () => {
  const since: ISince = {
    ...none,
    news: 5,
    talk: {
      said: [{ why: 'answer', thread, post, posts: 2 }],
      number: 1,
      waiting: [{ ...thread, id: 'thr_2', lesson: null, key: null, title: '' }],
      waiting_number: 1
    },
    marked: [
      {
        lesson: 'one',
        title: 'One',
        submission: 'sub_1',
        score: 3,
        max_score: 4,
        part: false
      }
    ],
    opened: [{ lesson: 'two', title: 'Two', at: '2026-11-22T12:00:00Z' }],
    released: [
      {
        lesson: 'one',
        title: 'One',
        number: 2,
        at: '2026-11-22T12:00:00Z',
        notes: 'A *typo*'
      }
    ]
  };
  const found = lines(since, new Map([['one', 'One']]), now, words);
  expect(found.map(each => [each.why, each.title, each.jump])).toEqual([
    [
      'Answer to your question',
      'Why?',
      { to: 'thread', thread: 'thr_1', lesson: 'one', key: 'c1' }
    ],
    ['Marked', 'One', { to: 'marks', lesson: 'one' }],
    ['Lesson opened', 'Two', { to: 'lesson', lesson: 'two' }],
    ['New release', 'One', { to: 'lesson', lesson: 'one' }],
    [
      'Question without an answer',
      'I wonder',
      { to: 'thread', thread: 'thr_2', lesson: null, key: null }
    ]
  ]);
  expect(found[0].text).toBe('Because, @Sam Doe, of this.');
  expect(found[0].note).toMatch(/^Anonymous 1 · One · 2 new comments · /);
  expect(found[1].note).toBe('3 of 4 points');
  expect(found[3].text).toBe('A typo');
});
