import { type ITried, scored, total, wrong } from './score';

const result = (text: string) => [
  {
    output_type: 'execute_result',
    data: { 'text/plain': text },
    metadata: {},
    execution_count: 1
  }
];

test('tests give their points, part of them, or none', () => {
  expect(scored('ok', [], 2)).toEqual({ ending: 'passed', score: 2 });
  expect(scored('error', [], 2)).toEqual({ ending: 'failed', score: 0 });
  expect(scored('ok', result('1.5'), 2)).toEqual({
    ending: 'partly',
    score: 1.5
  });
  expect(scored('ok', result('0'), 2)).toEqual({ ending: 'failed', score: 0 });
  expect(scored('ok', result("'1'"), 2)).toEqual({
    ending: 'passed',
    score: 2
  });
  expect(scored('ok', result('True'), 2)).toEqual({
    ending: 'passed',
    score: 2
  });
});

test('what a copy should give, and does not, is told', () => {
  const tried: ITried[] = [
    { id: 'a', points: 2, ending: 'passed', score: 2 },
    { id: 'b', points: 1, ending: 'failed', score: 0 },
    { id: 'c', points: 5, ending: 'person', score: 0 }
  ];
  expect(total(tried)).toEqual({ score: 2, points: 3 });
  expect(wrong('key', tried).map(each => each.id)).toEqual(['b']);
  expect(wrong('blank', tried).map(each => each.id)).toEqual(['a']);
});
