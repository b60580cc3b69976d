import { fingerprint, same } from './written';

const book = (cell: object, metadata: object = {}): string =>
  JSON.stringify({ cells: [cell], metadata, nbformat: 4 });

describe('what a person wrote', () => {
  const plain = { cell_type: 'code', source: 'a = 1\n', outputs: [] };
  it('is the same after a notebook was opened and run', () => {
    const ran = {
      ...plain,
      source: ['a = 1\n'],
      outputs: [{ output_type: 'stream', text: '1' }],
      metadata: { trusted: true }
    };
    const told = { language_info: { version: '3.11' } };
    expect(fingerprint(book(ran, told))).toBe(fingerprint(book(plain)));
  });
  it('is another when a cell is', () => {
    for (const other of [
      { ...plain, source: 'a = 2\n' },
      { ...plain, cell_type: 'raw' },
      { ...plain, attachments: { 'a.png': {} } }
    ]) {
      expect(fingerprint(book(other))).not.toBe(fingerprint(book(plain)));
    }
  });
  it('is all of a file that is no notebook', () => {
    for (const text of ['x,y\n1,2\n', '{"a": 1}', 'null', '[]', '']) {
      expect(fingerprint(text)).toBe(text);
    }
  });
});

describe('same', () => {
  const book = (source: unknown, nbgrader: object): string =>
    JSON.stringify({
      cells: [{ cell_type: 'code', source, metadata: { nbgrader } }],
      metadata: {}
    });

  it('goes by what is written and marked, in whatever order', () => {
    const one = book('x = 1\ny', { grade: true, points: 2 });
    const other = book(['x = 1\n', 'y'], { points: 2, grade: true });
    expect(same(one, other)).toBe(true);
    expect(same(one, book('x = 1\ny', { grade: true, points: 3 }))).toBe(false);
    expect(same(one, book('x = 1', { grade: true, points: 2 }))).toBe(false);
    expect(same('a', 'a')).toBe(true);
    expect(same('a', 'b')).toBe(false);
  });
});
