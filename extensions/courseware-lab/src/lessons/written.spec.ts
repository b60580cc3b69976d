import { fingerprint } from './written';

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
