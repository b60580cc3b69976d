import type { TranslationBundle } from '@jupyterlab/translation';

/** What a check in the kernel tells, as `courseware.kit.check` displays it. */
export const TYPE = 'application/vnd.courseware.check+json';

export interface ITest {
  text: string;
  verdict: 'pass' | 'fail' | 'error' | 'not-run';
  message: string;
  hints: string[];
}

export interface IResult {
  tests: ITest[];
  printed: string;
  problem: string;
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
    return result.problem;
  }
  const passed = result.tests.filter(each => each.verdict === 'pass').length;
  return passed === result.tests.length
    ? trans.__('All visible tests pass. Hand in to have the others run, too.')
    : trans.__('%1 of %2 visible tests pass.', passed, result.tests.length);
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
      ...each.hints.map(hint => `${trans.__('Hint')}: ${hint}`)
    ]) {
      if (text) {
        const line = document.createElement('p');
        line.textContent = text;
        item.append(line);
      }
    }
    tests.append(item);
  }
  const found: HTMLElement[] = result.tests.length ? [tests] : [];
  if (result.printed) {
    const printed = document.createElement('pre');
    printed.textContent = result.printed;
    found.push(printed);
  }
  return found;
}
