import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { carriers } from './notebook';
import type { LessonDiscussion } from './store';
import { badge, figure } from './words';

const CLASS = 'cw-Badge';

/**
 * One plain button in the left gutter of each lesson cell: how much is said there, and what is new. One
 * listener a notebook, no framework a cell, nothing written into the notebook. A badge is appended, never
 * put first: the cell's layout counts its children from the front.
 */
export class Badges {
  private readonly byKey = new Map<string, HTMLButtonElement>();
  private frame = 0;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly lesson: LessonDiscussion,
    private readonly opened: (key: string, origin: HTMLElement) => void,
    private readonly trans: TranslationBundle
  ) {
    lesson.changed.connect(this.repaint, this);
    panel.content.model?.cells.changed.connect(this.later, this);
    panel.content.modelContentChanged.connect(this.later, this);
    panel.content.node.addEventListener('click', this.clicked);
    this.later();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.lesson.changed.disconnect(this.repaint, this);
    this.panel.content.model?.cells.changed.disconnect(this.later, this);
    this.panel.content.modelContentChanged.disconnect(this.later, this);
    this.panel.content.node.removeEventListener('click', this.clicked);
    this.byKey.forEach(button => button.remove());
    this.byKey.clear();
  }

  /** The badge of a cell, if it has one. */
  of(key: string): HTMLButtonElement | null {
    return this.byKey.get(key) ?? null;
  }

  /** All syncs of one frame are one. */
  private later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.sync();
    });
  }

  private sync(): void {
    const notebook = this.panel.content;
    if (notebook.isDisposed || !notebook.model) {
      return;
    }
    const start = performance.now();
    const cells = new Map<Cell, string>();
    carriers(notebook).forEach((cell, key) => cells.set(cell, key));
    this.byKey.clear();
    for (const cell of notebook.widgets) {
      this.adorn(cell, cells.get(cell) ?? null);
    }
    performance.measure('courseware-badges', { start, end: performance.now() });
  }

  private adorn(cell: Cell, key: string | null): void {
    let button = cell.node.querySelector<HTMLButtonElement>(
      `:scope > .${CLASS}`
    );
    if (key === null || !this.lesson.knows(key)) {
      button?.remove();
      return;
    }
    if (!button) {
      button = document.createElement('button');
      button.type = 'button';
      button.className = CLASS;
      cell.node.appendChild(button);
    }
    button.dataset.key = key;
    this.byKey.set(key, button);
    this.paint(button, key);
  }

  private paint(button: HTMLButtonElement, key: string): void {
    const count = this.lesson.count(key);
    const label = badge(count, this.trans);
    button.textContent = figure(count);
    button.classList.toggle('cw-mod-empty', !count.posts);
    button.classList.toggle('cw-mod-unread', count.unread > 0);
    button.classList.toggle('cw-mod-open', count.open > 0);
    button.setAttribute('aria-label', label);
    button.title = label;
    // Two hundred empty badges would be two hundred stops of the Tab key: those are reached by a command.
    button.tabIndex = count.posts ? 0 : -1;
  }

  private repaint(lesson: LessonDiscussion, keys: string[]): void {
    for (const key of keys) {
      const button = this.byKey.get(key);
      if (button && lesson.knows(key)) {
        this.paint(button, key);
      } else {
        this.later();
      }
    }
  }

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target;
    const button =
      target instanceof Element
        ? target.closest<HTMLElement>(`.${CLASS}`)
        : null;
    if (button?.dataset.key) {
      event.stopPropagation();
      this.opened(button.dataset.key, button);
    }
  };
}
