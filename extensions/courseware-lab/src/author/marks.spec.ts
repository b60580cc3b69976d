import {
  comment,
  type ICell,
  kindOf,
  kindsOf,
  marked,
  pointsOf,
  slug,
  suggested,
  wrapped,
  wrongId
} from './marks';

const KINDS = ['readonly', 'answer', 'tests', 'manual', 'task'] as const;

test('what is written for a kind is read as that kind', () => {
  for (const kind of KINDS) {
    const own = marked(kind, 'x', 2);
    expect(kindOf(own)).toBe(kind);
    expect(own?.points).toBe(
      ['tests', 'manual', 'task'].includes(kind) ? 2 : undefined
    );
  }
  expect(marked('ordinary', 'x', 2)).toBeNull();
  expect(marked('tests', 'sum-tests', 1.5)).toEqual({
    schema_version: 3,
    grade: true,
    solution: false,
    locked: true,
    task: false,
    grade_id: 'sum-tests',
    points: 1.5
  });
});

test('what a file says is looked over', () => {
  for (const marks of [undefined, null, 'x', 1, {}, { grade: 'yes' }]) {
    expect(kindOf(marks)).toBe('ordinary');
    expect(pointsOf(marks)).toBe(0);
  }
  expect(pointsOf({ grade: true, points: 'many' })).toBe(0);
  expect(pointsOf({ solution: true, points: 3 })).toBe(0);
});

test('a cell can be what nbgrader takes for its type', () => {
  expect(kindsOf('markdown')).not.toContain('tests');
  expect(kindsOf('code')).not.toContain('task');
});

test('an id has a form, and is used once', () => {
  expect(wrongId('', [])).toBe('empty');
  expect(wrongId('a b', [])).toBe('form');
  expect(wrongId('a', ['b', 'a'])).toBe('twice');
  expect(wrongId('a_B-9', ['b'])).toBeNull();
});

test('a text becomes an id', () => {
  expect(slug('  Übung 2: Zählen! ')).toBe('ubung-2-zahlen');
  expect(slug('Exercise 2: The Sum')).toBe('exercise-2-the-sum');
  expect(slug('Éxercice à trois')).toBe('exercice-a-trois');
  expect(slug('تمرين')).toBe('');
});

const cells = (...given: [ICell['type'], string, unknown?][]): ICell[] =>
  given.map(([type, source, marks]) => ({ type, source, marks }));

test('an id is suggested from the heading, and for tests from their answer', () => {
  const book = cells(
    ['markdown', '# The sum\nAdd.\n'],
    ['code', '', undefined],
    ['code', '', undefined]
  );
  expect(suggested('answer', book, 1)).toBe('the-sum');
  book[1].marks = marked('answer', 'the-sum', 0);
  expect(suggested('tests', book, 2)).toBe('the-sum-tests');
  expect(suggested('answer', book, 2)).toBe('the-sum-2');
  expect(suggested('answer', cells(['code', '']), 0)).toBe('cell');
});

test('lines are put between marks, at their indent', () => {
  const source = 'def f():\n    a = 1\n\n    return a';
  const pair = ['BEGIN SOLUTION', 'END SOLUTION'] as const;
  expect(wrapped(source, [1, 3], pair, comment('python'))).toBe(
    'def f():\n    ### BEGIN SOLUTION\n    a = 1\n\n    return a\n    ### END SOLUTION'
  );
  expect(wrapped('', [0, 0], pair, comment('java'))).toBe(
    '// BEGIN SOLUTION\n\n// END SOLUTION'
  );
});
