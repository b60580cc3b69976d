import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { lessonIn } from '../threads/notebook';
import type { ICourse } from '../tokens';
import { checked, isTests } from './kernel';
import { list, said } from './result';

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
    button.addEventListener('click', () => {
      void this.check(panel, cell, button, told, details);
    });
    bar.append(button, told, details);
    return bar;
  }

  private async check(
    panel: NotebookPanel,
    cell: CodeCell,
    button: HTMLButtonElement,
    told: HTMLElement,
    details: HTMLElement
  ): Promise<void> {
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    told.textContent = this.trans.__('Checking…');
    details.replaceChildren();
    try {
      const result = await checked(panel, cell);
      told.textContent = result
        ? said(result, this.trans)
        : this.trans.__(
            'This kernel cannot check. Choose a Python kernel of the course, or run the cell with the tests.'
          );
      details.replaceChildren(...(result ? list(result, this.trans) : []));
    } catch (error) {
      told.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }
}
