import type { TranslationBundle } from '@jupyterlab/translation';
import type { As } from './asking';
import type { IFinding } from './findings';
import type { Kind } from './marks';
import { type ITried, total, wrong } from './score';

/** The part of a translation bundle that is used here. */
export type Words = Pick<TranslationBundle, '__' | '_n'>;

/** What a cell is for, in words. */
export function kind(name: Kind, words: Words): string {
  const said: Record<Kind, string> = {
    ordinary: words.__('Ordinary cell'),
    readonly: words.__('Read-only'),
    answer: words.__('Answer, marked by tests'),
    tests: words.__('Tests'),
    manual: words.__('Answer, marked by a person'),
    task: words.__('Task, marked by a person')
  };
  return said[name];
}

export function points(count: number, words: Words): string {
  return words._n('%1 point', '%1 points', count);
}

/** Why an id cannot be. */
export function badId(
  why: 'empty' | 'form' | 'twice' | null,
  words: Words
): string {
  switch (why) {
    case 'empty':
      return words.__('Give the cell an id.');
    case 'form':
      return words.__('Use letters from a to z, digits, - and _ only.');
    case 'twice':
      return words.__('Another cell has this id.');
    default:
      return '';
  }
}

export function level(name: IFinding['level'], words: Words): string {
  switch (name) {
    case 'error':
      return words.__('Error');
    case 'warning':
      return words.__('Warning');
    default:
      return words.__('Mended in the release');
  }
}

/** How a lesson stands by what lint says. */
export function stands(findings: readonly IFinding[], words: Words): string {
  const errors = findings.filter(each => each.level === 'error').length;
  const warnings = findings.filter(each => each.level === 'warning').length;
  if (!errors && !warnings) {
    return words.__('Nothing stands against a release.');
  }
  const some = [
    errors ? words._n('%1 error', '%1 errors', errors) : '',
    warnings ? words._n('%1 warning', '%1 warnings', warnings) : ''
  ].filter(each => each);
  return `${some.join(', ')}. ${
    errors
      ? words.__('Errors stop a release.')
      : words.__('Warnings do not stop a release.')
  }`;
}

export function ending(tried: ITried, words: Words): string {
  switch (tried.ending) {
    case 'passed':
      return words.__('passed');
    case 'partly':
      return words.__('passed in part');
    case 'failed':
      return words.__('did not pass');
    default:
      return words.__('a person marks it');
  }
}

/** What came of a trial, and whether that is as it should be. */
export function came(
  as: As,
  tried: readonly ITried[],
  words: Words
): { said: string; good: boolean } {
  const { score, points: most } = total(tried);
  const off = wrong(as, tried).length;
  const figure = words.__('%1 of %2 points', score, most);
  if (!tried.some(each => each.ending !== 'person')) {
    return { said: words.__('No tests were run.'), good: true };
  }
  if (as === 'key') {
    return off
      ? {
          said: `${figure}. ${words.__('The key should get all of them.')}`,
          good: false
        }
      : {
          said: `${figure}. ${words.__('That is as it should be.')}`,
          good: true
        };
  }
  return off
    ? {
        said: `${figure}. ${words.__('A blank copy should get none.')}`,
        good: false
      }
    : {
        said: `${figure}. ${words.__('That is as it should be.')}`,
        good: true
      };
}
