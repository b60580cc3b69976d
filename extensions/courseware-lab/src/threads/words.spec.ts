import type { IThread } from '../api/discussion';
import {
  ago,
  badge,
  called,
  figure,
  heading,
  kind,
  mention,
  mentioning,
  named,
  role
} from './words';

const fill = (text: string, args: unknown[]): string =>
  args.reduce<string>((t, arg, i) => t.replace(`%${i + 1}`, String(arg)), text);
const words = {
  __: (text: string, ...args: unknown[]) => fill(text, args),
  _n: (one: string, many: string, count: number) =>
    fill(count === 1 ? one : many, [count])
};
const none = { threads: 0, posts: 0, unread: 0, open: 0 };

test('a badge says how many, how many are new and what is open', () => {
  expect(badge(none, words)).toBe('Start a discussion of this cell');
  expect(badge({ threads: 1, posts: 1, unread: 0, open: 0 }, words)).toBe(
    '1 comment'
  );
  expect(badge({ threads: 2, posts: 5, unread: 2, open: 1 }, words)).toBe(
    '5 comments, 2 unread, 1 open question'
  );
  expect([none, { ...none, threads: 1, posts: 120 }].map(figure)).toEqual([
    '+',
    '99+'
  ]);
});

test('a cell of which all was deleted looks as if nobody had spoken', () => {
  const deleted = { ...none, threads: 1 };
  expect(figure(deleted)).toBe('+');
  expect(badge(deleted, words)).toBe('Start a discussion of this cell');
});

test('a thread is called by its title or its beginning, a deleted one so', () => {
  expect(called({ title: 'T', excerpt: 'e' }, words)).toBe('T');
  expect(called({ title: '', excerpt: 'e' }, words)).toBe('e');
  expect(called({ title: '', excerpt: '' }, words)).toBe('[deleted]');
});

test('a time is said as people say it', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  expect(ago('2026-11-23T11:59:30Z', now, words)).toBe('just now');
  expect(ago('2026-11-23T11:57:00Z', now, words)).toBe('3 minutes ago');
  expect(ago('2026-11-23T09:59:00Z', now, words)).toBe('2 hours ago');
  expect(ago('2026-11-22T11:00:00Z', now, words)).toBe('yesterday');
  expect(ago('2026-10-01T11:00:00Z', now, words)).toContain('2026');
});

test('a kind and a role have a name', () => {
  const thread = { kind: 'question', state: 'open' } as IThread;
  expect(kind(thread, words)).toBe('Open question');
  expect(kind({ ...thread, state: 'resolved' }, words)).toBe(
    'Answered question'
  );
  const author = { id: 'p', name: 'A', me: false, anonymous: false } as const;
  expect(role({ ...author, role: 'owner' }, words)).toBe('Instructor');
  expect(role({ ...author, role: 'student' }, words)).toBe('');
});

test('a pseudonym is translated, a name is not', () => {
  const german = { ...words, __: () => 'Anonym 2' };
  const name = (told: string, anonymous: boolean): string =>
    named({ name: told, anonymous }, german);
  expect(name('Anonymous 2', true)).toBe('Anonym 2');
  expect(name('Ann (Anonymous 2)', true)).toBe('Ann (Anonym 2)');
  expect(name('Anonymous 2', false)).toBe('Anonymous 2');
});

test('an @ begins a name, an address does not', () => {
  expect(mentioning('ask @An', 7)).toBe('An');
  expect(mentioning('@', 1)).toBe('');
  expect(mentioning('a@b', 3)).toBeNull();
  expect(mentioning('ask @An now', 3)).toBeNull();
  expect(mention('ask @An now', 7, 'Ana Ö')).toEqual({
    text: 'ask @[Ana Ö]  now',
    caret: 13
  });
});

test('a cell is called by its first line, or by the title of its video', () => {
  expect(heading('\n## Lists\nmore', words)).toBe('Lists');
  expect(heading('<video src="a.webm" title="Lists"></video>', words)).toBe(
    'Lists'
  );
  expect(heading('<VIDEO title=\'A "b"\' src=a></VIDEO>', words)).toBe('A "b"');
  expect(heading('<video src="a.webm"></video>', words)).toBe('Video');
  expect(heading('<videos', words)).toBe('<videos');
  expect(heading('', words)).toBe('');
});
