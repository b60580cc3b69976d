import type { TranslationBundle } from '@jupyterlab/translation';
import type { IAnswer, IQuestion } from '../api/quiz';

/** What is said of the last answer; nothing before there is one. */
export function verdict(told: IQuestion, trans: TranslationBundle): string {
  if (!told.answer) {
    return '';
  }
  if (told.answer.right) {
    return trans.__('Right.');
  }
  return told.takes ? trans.__('Not right yet.') : trans.__('Not right.');
}

/** What stands beside the button. */
export function beside(told: IQuestion, trans: TranslationBundle): string {
  return told.again
    ? trans.__('You have answered this before. Do you still know it?')
    : trans.__('Attempts left: %1', told.attempts_left);
}

/** What is to be done, above the answers or the field. */
export function legend(told: IQuestion, trans: TranslationBundle): string {
  switch (told.kind) {
    case 'one':
      return trans.__('Choose one answer');
    case 'several':
      return trans.__('Choose all that are right');
    case 'number':
      return trans.__('Your answer, a number');
    default:
      return trans.__('Your answer, in a few words');
  }
}

export function isChoice(told: IQuestion): boolean {
  return told.kind === 'one' || told.kind === 'several';
}

/** The options that were chosen last, where they are told. */
export function chosen(told: IQuestion): number[] {
  return isChoice(told) && told.answer
    ? told.answer.said.split(',').map(Number)
    : [];
}

/** What a form says; fields that are not filled in are for the course to refuse. */
export function given(form: HTMLFormElement): IAnswer {
  const fields = new FormData(form);
  return {
    chosen: fields.getAll('pick').map(Number),
    text: String(fields.get('text') ?? '')
  };
}
