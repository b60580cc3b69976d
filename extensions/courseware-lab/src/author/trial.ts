import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type Cell, CodeCell } from '@jupyterlab/cells';
import { type INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { saved } from '../lessons/saving';
import { speak } from '../tongue';
import type { As } from './asking';
import { idOf, kindOf, pointsOf } from './marks';
import { type ITried, scored } from './score';
import type { Words } from './words';

/** Where the server puts copies that are tried; the server knows it by the same name. */
const FOLDER = 'courseware-author/';

/** Whether a notebook is such a copy. */
export function isCopy(path: string): boolean {
  return path.startsWith(FOLDER);
}

/** The copies that are open, each in a tab and with a kernel of its own. */
export class Trials {
  private readonly replaced = new WeakSet<NotebookPanel>();

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly remove: (path: string) => Promise<unknown>,
    private readonly words: Words
  ) {
    tracker.widgetAdded.connect((_, panel) => this.follow(panel));
    tracker.forEach(panel => this.follow(panel));
  }

  /** Close a lesson's copies of a kind, so that a fresh one can take their place. What was changed is not asked about. */
  async clear(lesson: string, as: As): Promise<void> {
    const folder = `${FOLDER}${lesson}-${as}/`;
    const open: NotebookPanel[] = [];
    this.tracker.forEach(panel => {
      if (this.path(panel).startsWith(folder)) {
        open.push(panel);
      }
    });
    for (const panel of open) {
      const path = this.path(panel);
      this.replaced.add(panel);
      panel.dispose();
      await this.end(path);
    }
  }

  /** Open a copy behind the lesson's own notebook, run all of it, and tell how its tests did. */
  async run(
    path: string,
    step: (done: number, all: number) => void
  ): Promise<ITried[]> {
    const source = this.tracker.currentWidget;
    const made: unknown = await this.app.commands.execute('docmanager:open', {
      path
    });
    if (!(made instanceof NotebookPanel)) {
      throw new Error(path);
    }
    await made.context.ready;
    await made.sessionContext.ready;
    if (!made.sessionContext.session?.kernel) {
      // Without one each cell would be done at once, as if all went well.
      throw new Error(
        this.words.__(
          'The copy has no kernel. Choose one in its tab, and try again.'
        )
      );
    }
    const tried = await run(made, step);
    if (!made.isDisposed) {
      await saved(made.context);
    }
    if (source && !source.isDisposed) {
      this.app.shell.activateById(source.id);
    }
    return tried;
  }

  private path(panel: NotebookPanel): string {
    return this.app.serviceManager.contents.localPath(panel.context.path);
  }

  /** Say above a copy what it is, and have it removed once it is closed. */
  private follow(panel: NotebookPanel): void {
    const path = this.path(panel);
    if (!isCopy(path)) {
      return;
    }
    const node = document.createElement('p');
    node.className = 'cw-Author-copy';
    node.textContent = this.words.__(
      "This is a copy to be tried. It goes when you close it; change the lesson's own notebook."
    );
    speak(node, this.words);
    panel.contentHeader.addWidget(new Widget({ node }));
    panel.disposed.connect(() => {
      if (!this.replaced.has(panel)) {
        void this.end(path).then(() => this.remove(path));
      }
    });
  }

  /** End the kernel of a copy. */
  private async end(path: string): Promise<void> {
    const sessions = this.app.serviceManager.sessions;
    await sessions.stopIfNeeded(path).catch(() => undefined);
  }
}

/** Run all cells of a notebook, also after one that stops with an error, and tell how its tests did. */
async function run(
  panel: NotebookPanel,
  step: (done: number, all: number) => void
): Promise<ITried[]> {
  const cells = panel.content.widgets;
  const found: ITried[] = [];
  for (const [at, cell] of cells.entries()) {
    step(at, cells.length);
    const told = await ran(panel, cell);
    if (panel.isDisposed) {
      break;
    }
    if (told) {
      found.push(told);
    }
  }
  return found;
}

/** Run one cell; what came of it if it gives points. */
async function ran(panel: NotebookPanel, cell: Cell): Promise<ITried | null> {
  const marks: unknown = cell.model.getMetadata('nbgrader');
  const kind = kindOf(marks);
  const own = { id: idOf(marks), points: pointsOf(marks) };
  if (!(cell instanceof CodeCell)) {
    return kind === 'manual' || kind === 'task'
      ? { ...own, ending: 'person', score: 0 }
      : null;
  }
  const done = await CodeCell.execute(cell, panel.sessionContext);
  if (kind === 'manual') {
    return { ...own, ending: 'person', score: 0 };
  }
  return kind === 'tests'
    ? {
        ...own,
        ...scored(
          done?.content.status ?? 'ok',
          cell.model.outputs.toJSON(),
          own.points
        )
      }
    : null;
}
