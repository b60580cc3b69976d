import { anchors, lessonOf, markOf } from './anchor';

const cell = (id: string, key?: unknown, origin?: string) => ({
  id,
  mark: key === undefined ? undefined : { key, id: origin ?? id }
});

test('a cell without a key, or with nonsense for one, has no badge', () => {
  const odd = [{ id: 'a', mark: 'x' }, cell('b', 3), cell('c', ''), cell('d')];
  expect(anchors(odd).size).toBe(0);
  expect(markOf({ id: 'e', mark: null })).toBeNull();
});

test('of a copied or split cell the original keeps the key', () => {
  const found = anchors([cell('copy', 'k', 'first'), cell('first', 'k')]);
  expect([...found]).toEqual([['k', 1]]);
});

test('with new ids the first in the order of the document has it', () => {
  const found = anchors([cell('n1', 'k', 'gone'), cell('n2', 'k', 'gone')]);
  expect([...found]).toEqual([['k', 0]]);
});

test('a notebook of another course has no discussion here', () => {
  expect(lessonOf({ course: 'c', lesson: 'l' }, 'c')).toBe('l');
  expect(lessonOf({ course: 'x', lesson: 'l' }, 'c')).toBeNull();
  expect(lessonOf({ course: 'c', lesson: 4 }, 'c')).toBeNull();
  expect(lessonOf(undefined, 'c')).toBeNull();
});
