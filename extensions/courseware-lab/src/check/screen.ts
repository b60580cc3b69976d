import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ILesson } from '../api/types';
import { saved } from '../lessons/saving';
import { lessonIn } from '../threads/notebook';
import type { ICourse } from '../tokens';
import { speak } from '../tongue';
import { onCourse, told as toldBy } from './course';
import { checked, idOf, isTests } from './kernel';
import { list, said } from './result';

/** Where a bar tells what came of a check. */
interface IShown {
  told: HTMLElement;
  details: HTMLElement;
}

/** What came of it: one sentence, and what stands below. */
interface ITold {
  said: string;
  more: HTMLElement[];
}

/**
 * A button below the tests of each exercise, which runs the answer and the visible tests in the student's kernel
 * and tells of each test how it went. Nothing is written into the notebook but what running the answer writes.
 */
export class CheckScreen {
  private readonly bars = new WeakSet<CodeCell>();
  private readonly due = new Set<NotebookPanel>();

  constructor(
    private readonly course: ICourse,
    private readonly trans: TranslationBundle
  ) {}

  add(panel: NotebookPanel): void {
    const later = (): void => this.later(panel);
    panel.content.modelContentChanged.connect(later);
    this.course.stateChanged.connect(later);
    panel.disposed.connect(() => this.course.stateChanged.disconnect(later));
    void panel.context.ready.then(later);
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
    if (panel.isDisposed || !course || !lessonIn(panel, course)) {
      return;
    }
    if (panel.model?.defaultKernelLanguage !== 'python') {
      return;
    }
    for (const cell of panel.content.widgets) {
      if (isTests(cell) && !this.bars.has(cell)) {
        this.bars.add(cell);
        // Appended: the cell's layout counts its children from the front.
        cell.node.append(this.bar(panel, cell));
      }
    }
  }

  private bar(panel: NotebookPanel, cell: CodeCell): HTMLElement {
    const bar = document.createElement('div');
    const button = document.createElement('button');
    const told = document.createElement('div');
    const details = document.createElement('div');
    bar.className = 'cw-Check';
    speak(bar, this.trans);
    bar.dataset.lmSuppressShortcuts = 'true';
    for (const event of ['keydown', 'dblclick', 'mousedown']) {
      bar.addEventListener(event, caught => caught.stopPropagation());
    }
    button.type = 'button';
    button.textContent = this.trans.__('Check');
    button.title = this.trans.__(
      'Runs your answer and these tests here. It gives no points.'
    );
    told.setAttribute('role', 'status');
    told.dir = 'auto';
    const shown = { told, details };
    button.addEventListener('click', () => {
      void this.act(button, shown, () => this.here(panel, cell));
    });
    bar.append(button, told, details);
    const lesson = this.lessonOf(panel);
    if (lesson?.checks) {
      button.after(' ', this.remote(panel, cell, lesson.slug, shown));
    }
    return bar;
  }

  /** The button that has the exercise checked on the course, where the course allows it. */
  private remote(
    panel: NotebookPanel,
    cell: CodeCell,
    lesson: string,
    shown: IShown
  ): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = this.trans.__('Check on the course');
    button.title = this.trans.__(
      'Keeps your copy in the course and runs all tests there, also those that you do not have. It gives no points.'
    );
    const course = this.course.status?.course?.slug ?? '';
    button.addEventListener('click', () => {
      void this.act(button, shown, async () => {
        await saved(panel.context);
        const place = { course, lesson };
        const check = await onCourse(this.course.client, place, idOf(cell));
        const hint = document.createElement('p');
        hint.dir = 'auto';
        hint.textContent = check.hint;
        const more = check.state === 'done' && check.hint ? [hint] : [];
        return { said: toldBy(check, this.trans), more };
      });
    });
    return button;
  }

  private lessonOf(panel: NotebookPanel): ILesson | null {
    const course = this.course.status?.course?.slug ?? '';
    const slug = course ? lessonIn(panel, course) : null;
    return this.course.lessons.find(each => each.slug === slug) ?? null;
  }

  /** Run the answer and its visible tests in the student's kernel. */
  private async here(panel: NotebookPanel, cell: CodeCell): Promise<ITold> {
    const result = await checked(panel, cell);
    const cannot = this.trans.__(
      'This kernel cannot check. Choose a Python kernel of the course, or run the cell with the tests.'
    );
    return {
      said: result ? said(result, this.trans) : cannot,
      more: result ? list(result, this.trans) : []
    };
  }

  /** Do what a button is for, and tell what came of it. */
  private async act(
    button: HTMLButtonElement,
    { told, details }: IShown,
    does: () => Promise<ITold>
  ): Promise<void> {
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    told.textContent = this.trans.__('Checking…');
    details.replaceChildren();
    try {
      const result = await does();
      told.textContent = result.said;
      details.replaceChildren(...result.more);
    } catch (error) {
      told.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }
}
