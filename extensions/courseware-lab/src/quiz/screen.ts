import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type IQuestion, QuizClient } from '../api/quiz';
import { carriers, lessonIn } from '../threads/notebook';
import type { ICourse } from '../tokens';
import { QuizForm } from './form';

const ASKS = 'cw-mod-asks';

/**
 * The questions of open notebooks. Cells are drawn late and anew, so each notebook is looked over when its drawn
 * content changes, once a frame; a cell that has its form is left alone. Nothing is written into the notebook.
 */
export class QuizScreen {
  private readonly client: QuizClient;
  private readonly forms = new WeakMap<Cell, QuizForm>();
  private readonly known = new Map<string, IQuestion[] | 'asked' | 'away'>();
  private readonly due = new Set<NotebookPanel>();
  private readonly panels = new Set<NotebookPanel>();

  constructor(
    private readonly course: ICourse,
    private readonly rendermime: IRenderMimeRegistry,
    private readonly trans: TranslationBundle
  ) {
    this.client = new QuizClient(course.client);
    course.stateChanged.connect(() => {
      for (const [place, told] of this.known) {
        if (told === 'away') {
          this.known.delete(place);
        }
      }
      this.panels.forEach(panel => this.later(panel));
    });
  }

  add(panel: NotebookPanel): void {
    this.panels.add(panel);
    const watch = new MutationObserver(() => this.later(panel));
    watch.observe(panel.content.node, { childList: true, subtree: true });
    panel.disposed.connect(() => {
      watch.disconnect();
      this.panels.delete(panel);
    });
    this.later(panel);
  }

  private later(panel: NotebookPanel): void {
    if (!this.due.has(panel)) {
      this.due.add(panel);
      requestAnimationFrame(() => {
        this.due.delete(panel);
        this.look(panel);
      });
    }
  }

  private look(panel: NotebookPanel): void {
    const course = this.course.status?.course?.slug ?? '';
    const lesson = course && !panel.isDisposed ? lessonIn(panel, course) : null;
    if (!lesson) {
      return;
    }
    const place = `${course}/${lesson}`;
    const told = this.known.get(place);
    if (told === undefined && this.asks(lesson)) {
      void this.ask(course, lesson, place);
    }
    if (!Array.isArray(told) || told.length === 0) {
      return;
    }
    const cells = carriers(panel.content);
    for (const question of told) {
      const cell = cells.get(question.key);
      if (cell?.model.type === 'markdown' && !this.forms.has(cell)) {
        this.show(course, lesson, cell, question);
      }
    }
  }

  /** Whether a lesson asks anything, as far as the list of lessons is there and tells. */
  private asks(lesson: string): boolean {
    const found = this.course.lessons.find(each => each.slug === lesson);
    return found !== undefined && found.questions !== 0;
  }

  /** Ask for the questions of a lesson, once; while the course is away, each time that its state is told. */
  private async ask(
    course: string,
    lesson: string,
    place: string
  ): Promise<void> {
    this.known.set(place, 'asked');
    try {
      this.known.set(place, await this.client.questions(course, lesson));
      this.panels.forEach(panel => this.later(panel));
    } catch {
      this.known.set(place, 'away');
    }
  }

  private show(
    course: string,
    lesson: string,
    cell: Cell,
    question: IQuestion
  ): void {
    const drawn = cell.node.querySelector('.jp-RenderedMarkdown');
    if (!drawn?.firstElementChild) {
      return;
    }
    const form = new QuizForm(
      question,
      {
        send: async answer => {
          const told = await this.client.answer(
            course,
            lesson,
            question.key,
            answer
          );
          this.keep(`${course}/${lesson}`, told);
          return told;
        },
        drawn: text => this.drawn(text),
        options: () => optionsIn(cell, question.options.length)
      },
      this.trans
    );
    this.forms.set(cell, form);
    cell.node.classList.toggle(
      ASKS,
      optionsIn(cell, question.options.length) !== null
    );
    // Appended: the cell's layout counts its children from the front.
    cell.node.append(form.node);
  }

  /** What is opened later shows the last state. */
  private keep(place: string, told: IQuestion): void {
    const known = this.known.get(place);
    if (Array.isArray(known)) {
      this.known.set(
        place,
        known.map(each => (each.key === told.key ? told : each))
      );
    }
  }

  private drawn(text: string): HTMLElement {
    const renderer = this.rendermime.createRenderer('text/markdown');
    const model = this.rendermime.createModel({
      data: { 'text/markdown': text },
      trusted: false
    });
    void renderer.renderModel(model);
    return renderer.node;
  }
}

/** The items of the list that ends a drawn cell, if there are so many: as drawn, with code and formulas. */
function optionsIn(cell: Cell, wanted: number): Node[][] | null {
  const last = cell.node.querySelector(
    '.jp-RenderedMarkdown'
  )?.lastElementChild;
  const items = last?.tagName === 'UL' && wanted > 0 ? [...last.children] : [];
  return items.length === wanted && wanted > 0
    ? items.map(item => [...item.childNodes].map(node => node.cloneNode(true)))
    : null;
}
