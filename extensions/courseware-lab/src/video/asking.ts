import type { TranslationBundle } from '@jupyterlab/translation';
import { clock } from '../clock';
import { go } from './go';
import { due, type IQuestion } from './questions';
import { canGo } from './spans';

/**
 * Asks what a video asks: it stops, says whether the answer is right and why, and goes on. Nobody is graded by it.
 * A question is asked until it is answered; who jumps past one is not asked.
 */
export class Asking {
  readonly node = document.createElement('section');
  private readonly answered = new Set<IQuestion>();
  private readonly verdict = document.createElement('p');
  private asked: readonly IQuestion[] = [];
  private before = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly trans: TranslationBundle
  ) {
    this.node.className = 'cw-Question';
    this.node.hidden = true;
    this.node.tabIndex = -1;
    this.node.setAttribute('aria-label', trans.__('A question in the video'));
    this.verdict.setAttribute('role', 'status');
    video.addEventListener('timeupdate', this.look);
    video.addEventListener('seeking', () => {
      this.before = video.currentTime;
    });
    video.addEventListener('play', () => {
      this.node.hidden = true;
    });
  }

  /** What is to be asked. */
  put(questions: readonly IQuestion[]): void {
    this.asked = questions;
  }

  private readonly look = (): void => {
    const { video, before } = this;
    if (!video.paused && !video.seeking) {
      this.before = video.currentTime;
      const found = due(this.asked, this.answered, before, this.before);
      if (found) {
        void this.ask(found);
      }
    }
  };

  private async ask(question: IQuestion): Promise<void> {
    const { video, node } = this;
    video.pause();
    if (canGo(video, question.start)) {
      video.currentTime = question.start;
    }
    // A question behind a film that fills the screen would not be seen.
    if (document.fullscreenElement === video) {
      await document.exitFullscreen().catch(() => undefined);
    }
    if (document.pictureInPictureElement === video) {
      await document.exitPictureInPicture().catch(() => undefined);
    }
    this.verdict.textContent = '';
    node.replaceChildren(this.form(question));
    node.hidden = false;
    node.focus();
    node.scrollIntoView({ block: 'nearest' });
  }

  private form(question: IQuestion): HTMLFormElement {
    const form = document.createElement('form');
    const fields = document.createElement('fieldset');
    const prompt = document.createElement('legend');
    const buttons = document.createElement('p');
    prompt.dir = 'auto';
    prompt.textContent = question.prompt;
    fields.append(prompt, ...question.choices.map(choice));
    const answer = document.createElement('button');
    answer.className = 'cw-mod-main';
    answer.textContent = this.trans.__('Check answer');
    const skip = this.button(this.trans.__('Continue without an answer'));
    buttons.className = 'cw-Buttons';
    buttons.append(answer, skip);
    form.append(fields, this.verdict, buttons);
    form.addEventListener('submit', event => {
      event.preventDefault();
      const chosen = new FormData(form).get('answer');
      fields.disabled = true;
      this.judge(question, String(chosen));
      buttons.replaceChildren(...this.onward(question));
      buttons.querySelector('button')?.focus();
      this.node.scrollIntoView({ block: 'nearest' });
    });
    return form;
  }

  private judge(question: IQuestion, chosen: string): void {
    const right = chosen === String(question.answer);
    const word = right
      ? this.trans.__('Right.')
      : this.trans.__(
          'Not right. The answer is “%1”.',
          question.choices[question.answer]
        );
    this.answered.add(question);
    this.verdict.className = right ? 'cw-Verdict cw-mod-right' : 'cw-Verdict';
    this.verdict.textContent = question.explain
      ? `${word} ${question.explain}`
      : word;
  }

  private onward(question: IQuestion): HTMLButtonElement[] {
    const on = this.button(this.trans.__('Continue'));
    on.className = 'cw-mod-main';
    const { at } = question;
    if (at === null || !canGo(this.video, at)) {
      return [on];
    }
    return [
      on,
      this.button(this.trans.__('Hear it again from %1', clock(at)), at)
    ];
  }

  /** A button that lets the video go on, from a second if one is given. */
  private button(label: string, second?: number): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', () => {
      if (second === undefined || go(this.video, second)) {
        this.video.focus();
        void this.video.play();
      }
    });
    return button;
  }
}

function choice(text: string, at: number): HTMLLabelElement {
  const label = document.createElement('label');
  const field = document.createElement('input');
  const words = document.createElement('span');
  Object.assign(field, {
    type: 'radio',
    name: 'answer',
    value: String(at),
    required: true
  });
  words.dir = 'auto';
  words.textContent = text;
  label.append(field, ' ', words);
  return label;
}
