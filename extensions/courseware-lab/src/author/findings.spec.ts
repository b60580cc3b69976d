import { codes, type IFinding, placeOf, sorted } from './findings';

const finding = (
  where: string,
  level: IFinding['level'] = 'error'
): IFinding => ({ code: 'c', level, where, message: where });

test('where a finding is', () => {
  expect(placeOf('a.ipynb, cell 3 (sum)')).toEqual({
    file: 'a.ipynb',
    cell: 2
  });
  expect(placeOf('deep/a b.ipynb, cell 12, line 4')).toEqual({
    file: 'deep/a b.ipynb',
    cell: 11
  });
  expect(placeOf('help.py, line 3')).toEqual({ file: 'help.py', cell: null });
  expect(placeOf('a.ipynb')).toEqual({ file: 'a.ipynb', cell: null });
});

test('findings stand at their cells, errors first; all others are kept', () => {
  const found = sorted(
    [
      finding('a.ipynb, cell 1', 'warning'),
      finding('a.ipynb, cell 1 (x)'),
      finding('b.ipynb, cell 1'),
      finding('a.ipynb, cell 9'),
      finding('a.ipynb')
    ],
    'a.ipynb',
    ['one', 'two']
  );
  expect(found.cells.get('one')?.map(each => each.level)).toEqual([
    'error',
    'warning'
  ]);
  expect(found.others.map(each => each.where)).toEqual([
    'b.ipynb, cell 1',
    'a.ipynb, cell 9',
    'a.ipynb'
  ]);
});

test('what can be accepted is told by its code', () => {
  expect(
    codes(['a: b [leak]', 'c [key-below-full]', 'd [leak]', 'none'])
  ).toEqual(['key-below-full', 'leak']);
});
