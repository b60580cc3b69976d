import type { TranslationBundle } from '@jupyterlab/translation';
import type { IAnswer, IQuestion } from '../api/quiz';
import { isolated, speak } from '../tongue';
import { beside, chosen, given, isChoice, legend, verdict } from './words';

/** What a form needs of its surroundings. */
export interface ISurroundings {
  send: (answer: IAnswer) => Promise<IQuestion>;
  /** Markdown, drawn. */
  drawn: (text: string) => HTMLElement;
  /** The options as the cell shows them; null where it does not show as many. */
  options: () => Node[][] | null;
}

let made = 0;

/**
 * The form below a cell that asks a question. What is right never comes here before the attempts are over; the
 * verdict stands in an alert that stays, so that it is read out. No kernel takes part.
 */
export class QuizForm {
  readonly node = document.createElement('div');
  private readonly alert = document.createElement('div');
  private readonly body = document.createElement('div');
  private readonly name = `cw-quiz-${++made}`;

  constructor(
    private told: IQuestion,
    private readonly around: ISurroundings,
    private readonly trans: TranslationBundle
  ) {
    this.node.className = 'cw-Quiz';
    speak(this.node, trans);
    // Keys and double clicks here are for the form, not for the notebook around it.
    this.node.dataset.lmSuppressShortcuts = 'true';
    for (const event of ['keydown', 'dblclick', 'mousedown']) {
      this.node.addEventListener(event, caught => caught.stopPropagation());
    }
    this.alert.setAttribute('role', 'alert');
    this.alert.tabIndex = -1;
    this.node.append(this.alert, this.body);
    this.draw();
  }

  private draw(): void {
    const { told, trans } = this;
    const said = verdict(told, trans);
    const own = !isChoice(told) && told.answer ? told.answer.said : '';
    this.alert.replaceChildren(said);
    if (own) {
      this.alert.append(` ${trans.__('Your answer')}: `, isolated(own));
    }
    this.alert.className = !said
      ? ''
      : told.answer?.right
        ? 'cw-mod-right'
        : 'cw-mod-wrong';
    this.body.replaceChildren(
      ...(told.takes ? [this.form()] : this.settled()),
      ...told.hints.map((hint, at) =>
        this.titled(
          told.hints.length > 1
            ? trans.__('Hint %1', at + 1)
            : trans.__('Hint'),
          hint
        )
      ),
      ...(told.explanation
        ? [this.titled(trans.__('Explanation'), told.explanation)]
        : [])
    );
  }

  private form(): HTMLFormElement {
    const form = document.createElement('form');
    const row = document.createElement('p');
    const button = document.createElement('button');
    const note = document.createElement('span');
    button.textContent = this.trans.__('Send answer');
    note.textContent = beside(this.told, this.trans);
    row.append(button, ' ', note);
    form.append(isChoice(this.told) ? this.choices() : this.field(), row);
    form.addEventListener('submit', event => {
      event.preventDefault();
      void this.sent(form);
    });
    return form;
  }

  private choices(): HTMLElement {
    const set = document.createElement('fieldset');
    const title = document.createElement('legend');
    title.textContent = legend(this.told, this.trans);
    set.append(title);
    this.shown().forEach((nodes, at) => {
      const label = document.createElement('label');
      const input = document.createElement('input');
      input.type = this.told.kind === 'one' ? 'radio' : 'checkbox';
      input.name = 'pick';
      input.value = String(at + 1);
      label.append(input, wrapped(nodes));
      set.append(label);
    });
    return set;
  }

  private field(): HTMLElement {
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.name = 'text';
    input.dir = 'auto';
    input.maxLength = 200;
    input.autocomplete = 'off';
    input.spellcheck = false;
    input.id = this.name;
    label.htmlFor = this.name;
    label.textContent = legend(this.told, this.trans);
    if (this.told.kind === 'number') {
      input.inputMode = 'decimal';
    }
    const field = document.createElement('div');
    field.append(label, input);
    return field;
  }

  /** What there is to see once no answer is taken. */
  private settled(): HTMLElement[] {
    const { told, trans } = this;
    if (isChoice(told)) {
      const mine = chosen(told);
      const list = document.createElement('ul');
      this.shown().forEach((nodes, at) => {
        const item = document.createElement('li');
        const right = told.right.includes(at + 1);
        const own = mine.includes(at + 1);
        item.className = right ? 'cw-mod-right' : own ? 'cw-mod-wrong' : '';
        item.append(wrapped(nodes));
        for (const [is, text] of [
          [own, trans.__('Your answer')],
          [right, trans.__('Right')]
        ] as const) {
          if (is) {
            const tag = document.createElement('small');
            tag.textContent = text;
            item.append(' ', tag);
          }
        }
        list.append(item);
      });
      return [list];
    }
    if (!told.answer || told.answer.right) {
      return [];
    }
    const line = document.createElement('p');
    line.append(
      `${trans.__('Right would have been')}: `,
      isolated(told.solution)
    );
    return [line];
  }

  private shown(): Node[][] {
    const drawn = this.around.options();
    return (
      drawn ?? this.told.options.map(text => [document.createTextNode(text)])
    );
  }

  private titled(title: string, text: string): HTMLElement {
    const box = document.createElement('section');
    const head = document.createElement('p');
    head.textContent = title;
    const body = this.around.drawn(text);
    body.dir = 'auto';
    box.append(head, body);
    return box;
  }

  /** Send what the form holds; until the answer is there it takes nothing, since it is then drawn anew. */
  private async sent(form: HTMLFormElement): Promise<void> {
    if (form.inert) {
      return;
    }
    const answer = given(form);
    form.inert = true;
    try {
      this.told = await this.around.send(answer);
      this.draw();
    } catch (error) {
      form.inert = false;
      this.alert.className = 'cw-mod-wrong';
      this.alert.textContent =
        error instanceof Error ? error.message : String(error);
    }
    const again = this.body.querySelector('button');
    (again ?? this.alert).focus();
  }
}

/** Nodes of an option in one element of a line. */
function wrapped(nodes: Node[]): HTMLElement {
  const line = document.createElement('span');
  line.dir = 'auto';
  line.append(...nodes);
  return line;
}
