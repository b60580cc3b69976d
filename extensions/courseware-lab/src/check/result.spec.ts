import type { TranslationBundle } from '@jupyterlab/translation';
import { isResult, type IResult, said } from './result';

const fill = (text: string, args: unknown[]): string =>
  args.reduce<string>((t, arg, i) => t.replace(`%${i + 1}`, String(arg)), text);
const trans = {
  __: (text: string, ...args: unknown[]) => fill(text, args)
} as unknown as TranslationBundle;

const RESULT: IResult = {
  tests: [
    { text: 'assert a', verdict: 'pass', message: '', hints: [] },
    { text: 'assert <b>', verdict: 'fail', message: '<i>m</i>', hints: ['h'] }
  ],
  printed: 'seen',
  problem: ''
};

test('a result is said in one sentence', () => {
  expect(said(RESULT, trans)).toBe('1 of 2 visible tests pass.');
  expect(said({ ...RESULT, problem: 'No.' }, trans)).toBe('No.');
  const reasons = ['whole', 'points', 'none', 'of a newer kit'].map(why =>
    said({ ...RESULT, problem: 'No.', why, detail: '2' }, trans)
  );
  expect(reasons[1]).toBe('This test counts bit by bit. It gives 2 now.');
  expect(reasons[3]).toBe('No.');
  expect(new Set(reasons).size).toBe(4);
});

test('what a kernel sends is looked over', () => {
  expect(isResult(RESULT)).toBe(true);
  for (const data of [
    null,
    1,
    {},
    { ...RESULT, tests: [null] },
    { ...RESULT, tests: [{ ...RESULT.tests[0], verdict: 'won' }] },
    { ...RESULT, printed: {} }
  ]) {
    expect(isResult(data)).toBe(false);
  }
});
