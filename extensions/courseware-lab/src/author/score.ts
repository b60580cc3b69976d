import type { IOutput } from '@jupyterlab/nbformat';

/** How a cell that gives points did when a copy was run; a `person` marks some. */
export interface ITried {
  id: string;
  points: number;
  ending: 'passed' | 'partly' | 'failed' | 'person';
  score: number;
}

/** How tests did by what they display, as nbgrader counts: the number that they end with, or all or nothing. */
export function scored(
  status: string,
  outputs: readonly IOutput[],
  points: number
): Pick<ITried, 'ending' | 'score'> {
  if (status !== 'ok') {
    return { ending: 'failed', score: 0 };
  }
  const last = outputs.find(each => each.output_type === 'execute_result');
  const data = (last?.data ?? {}) as Record<string, unknown>;
  const text = data['text/plain'];
  const number =
    typeof text === 'string' && /^\d+(\.\d+)?$/.test(text)
      ? Number(text)
      : null;
  if (number === null || number >= points) {
    return { ending: 'passed', score: points };
  }
  return { ending: number > 0 ? 'partly' : 'failed', score: number };
}

/** What the machine gave of what it can give. */
export function total(tried: readonly ITried[]): {
  score: number;
  points: number;
} {
  const tests = tried.filter(each => each.ending !== 'person');
  const sum = (numbers: number[]): number =>
    Math.round(numbers.reduce((a, b) => a + b, 0) * 1000) / 1000;
  return {
    score: sum(tests.map(each => each.score)),
    points: sum(tests.map(each => each.points))
  };
}

/** The tests that did not as they should: the key passes all, an untouched copy none that counts. */
export function wrong(as: 'blank' | 'key', tried: readonly ITried[]): ITried[] {
  return tried.filter(
    each =>
      each.ending !== 'person' &&
      each.points > 0 &&
      (as === 'key' ? each.score < each.points : each.score > 0)
  );
}
