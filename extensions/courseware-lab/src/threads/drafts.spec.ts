import { Drafts, sent } from './drafts';

function kept(): Map<string, string> & {
  getItem(n: string): string | null;
  setItem(n: string, v: string): void;
  removeItem(n: string): void;
} {
  const map = new Map<string, string>();
  return Object.assign(map, {
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, value: string) => void map.set(name, value),
    removeItem: (name: string) => void map.delete(name)
  });
}

test('a draft comes back with its own key, and goes when it was posted', () => {
  const keep = kept();
  let number = 0;
  const drafts = new Drafts(keep, 'me', () => `key${++number}`);
  const draft = { ...drafts.get('cell'), body: 'half a sent' };
  drafts.put('cell', draft);
  const again = new Drafts(keep, 'me', () => 'other').get('cell');
  expect([again.body, again.key]).toEqual(['half a sent', draft.key]);
  expect(new Drafts(keep, 'you', () => 'k').get('cell').body).toBe('');
  drafts.drop('cell');
  expect(drafts.get('cell').body).toBe('');
});

test('an emptied draft is not kept, and nonsense in the storage is no draft', () => {
  const keep = kept();
  const drafts = new Drafts(keep, 'me', () => 'k');
  drafts.put('p', { ...drafts.get('p'), body: 'x' });
  drafts.put('p', { ...drafts.get('p'), body: '' });
  expect(keep.size).toBe(0);
  keep.setItem('courseware:draft:me:p', '{');
  expect(drafts.get('p').body).toBe('');
});

test('a browser that refuses to keep anything loses no keystroke', () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    },
    removeItem: () => {
      throw new Error('no');
    }
  };
  const drafts = new Drafts(full, 'me', () => 'k');
  drafts.put('p', { ...drafts.get('p'), body: 'x' });
  drafts.drop('p');
  expect(drafts.get('p').body).toBe('');
});

test('who asks staff alone is not anonymous, whatever was ticked before', () => {
  const draft = { ...new Drafts(kept(), 'me', () => 'k').get('x'), body: 'b' };
  const asked = (kind: 'question' | 'private') =>
    sent({ ...draft, kind, anonymous: true }).anonymous;
  expect([asked('question'), asked('private')]).toEqual([true, false]);
});
