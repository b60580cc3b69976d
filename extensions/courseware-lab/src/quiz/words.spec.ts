import type { TranslationBundle } from '@jupyterlab/translation';
import type { IQuestion } from '../api/quiz';
import { beside, chosen, legend, verdict } from './words';

const fill = (text: string, args: unknown[]): string =>
  args.reduce<string>((t, arg, i) => t.replace(`%${i + 1}`, String(arg)), text);
const trans = {
  __: (text: string, ...args: unknown[]) => fill(text, args)
} as unknown as TranslationBundle;

const OPEN: IQuestion = {
  key: 'q',
  lesson: 'one',
  lesson_title: 'One',
  notebook: 'n',
  kind: 'one',
  prompt: 'Q',
  options: ['a', 'b'],
  state: 'open',
  attempts_left: 2,
  takes: true,
  again: false,
  answer: null,
  hints: [],
  explanation: '',
  right: [],
  solution: '',
  due: null
};

test('a verdict says whether there is another attempt', () => {
  const wrong = { said: '1', right: false, at: '2026-11-23T12:00:00Z' };
  expect(verdict(OPEN, trans)).toBe('');
  expect(verdict({ ...OPEN, answer: wrong }, trans)).toBe('Not right yet.');
  expect(verdict({ ...OPEN, answer: wrong, takes: false }, trans)).toBe(
    'Not right.'
  );
  const right = { ...wrong, right: true };
  expect(verdict({ ...OPEN, answer: right }, trans)).toBe('Right.');
});

test('what stands around a form says what is to be done', () => {
  expect(beside(OPEN, trans)).toBe('Attempts left: 2');
  expect(beside({ ...OPEN, again: true }, trans)).toContain('before');
  const legends = (['one', 'several', 'number', 'text'] as const).map(kind =>
    legend({ ...OPEN, kind }, trans)
  );
  expect(new Set(legends).size).toBe(4);
});

test('chosen options are those of a choice only', () => {
  const answer = { said: '1,3', right: true, at: '' };
  expect(chosen({ ...OPEN, answer })).toEqual([1, 3]);
  expect(chosen({ ...OPEN, kind: 'number', answer })).toEqual([]);
  expect(chosen(OPEN)).toEqual([]);
});
