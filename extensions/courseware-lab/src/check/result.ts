import type { TranslationBundle } from '@jupyterlab/translation';

/** What a check in the kernel tells, as `courseware.kit.check` displays it. */
export const TYPE = 'application/vnd.courseware.check+json';

export interface ITest {
  text: string;
  verdict: 'pass' | 'fail' | 'error' | 'not-run';
  message: string;
  /** Whether a name was missing, as where the answer was not run; an older kit says so in its message. */
  unrun?: boolean;
  hints: string[];
}

export interface IResult {
  tests: ITest[];
  printed: string;
  problem: string;
  /** What the problem is and what is to be told of it; an older kit has the sentence only. */
  why?: string;
  detail?: string;
}

const SIGNS: Record<ITest['verdict'], string> = {
  pass: '✓',
  fail: '✗',
  error: '✗',
  'not-run': '–'
};

/** Whether a kernel's data are a result: they come from a program of the student's. */
export function isResult(data: unknown): data is IResult {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const told = data as Partial<IResult>;
  return (
    typeof told.printed === 'string' &&
    typeof told.problem === 'string' &&
    Array.isArray(told.tests) &&
    told.tests.every(
      each =>
        typeof each === 'object' &&
        each !== null &&
        typeof each.text === 'string' &&
        typeof each.message === 'string' &&
        each.verdict in SIGNS &&
        Array.isArray(each.hints)
    )
  );
}

/** The result in one sentence. */
export function said(result: IResult, trans: TranslationBundle): string {
  if (result.problem) {
    return problem(result, trans);
  }
  const passed = result.tests.filter(each => each.verdict === 'pass').length;
  return passed === result.tests.length
    ? trans.__('All visible tests pass. Hand in to have the others run, too.')
    : trans.__('%1 of %2 visible tests pass.', passed, result.tests.length);
}

/** Why no test was run, in the reader's language as far as it is known. */
function problem(result: IResult, trans: TranslationBundle): string {
  switch (result.why) {
    case 'whole':
      return trans.__(
        'These tests cannot be run one by one. Run their cell instead.'
      );
    case 'points':
      return trans.__(
        'This test counts bit by bit. It gives %1 now.',
        String(result.detail)
      );
    case 'none':
      return trans.__(
        'There is no visible test here that could be checked. Hand in to have it marked.'
      );
    default:
      return result.problem;
  }
}

/** The tests as a list; all words are text, never markup. */
export function list(result: IResult, trans: TranslationBundle): HTMLElement[] {
  const verdicts: Record<ITest['verdict'], string> = {
    pass: trans.__('passes'),
    fail: trans.__('does not pass'),
    error: trans.__('stops with an error'),
    'not-run': trans.__('was not run')
  };
  const tests = document.createElement('ul');
  for (const each of result.tests) {
    const item = document.createElement('li');
    const sign = document.createElement('span');
    const code = document.createElement('code');
    item.className = `cw-mod-${each.verdict}`;
    sign.textContent = SIGNS[each.verdict];
    sign.setAttribute('role', 'img');
    sign.setAttribute('aria-label', verdicts[each.verdict]);
    code.textContent = each.text;
    item.append(sign, ' ', code);
    for (const text of [
      each.message,
      each.unrun === true
        ? trans.__('Have you run the cell with your answer?')
        : '',
      ...each.hints.map(hint => `${trans.__('Hint')}: ${hint}`)
    ]) {
      if (text) {
        const line = document.createElement('p');
        line.dir = 'auto';
        line.textContent = text;
        item.append(line);
      }
    }
    tests.append(item);
  }
  const found: HTMLElement[] = result.tests.length ? [tests] : [];
  if (result.printed) {
    const printed = document.createElement('pre');
    printed.dir = 'auto';
    printed.textContent = result.printed;
    found.push(printed);
  }
  return found;
}
