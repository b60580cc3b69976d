import type { Cell } from '@jupyterlab/cells';
import { isCodeCellModel } from '@jupyterlab/cells';
import type { IError } from '@jupyterlab/nbformat';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import type { IAttachment } from '../api/discussion';
import { anchors, lessonOf, markOf, META } from './anchor';

/** The lesson that an open notebook belongs to. */
export function lessonIn(panel: NotebookPanel, course: string): string | null {
  const model = panel.context.model;
  return model.isDisposed ? null : lessonOf(model.getMetadata(META), course);
}

/** The cell that carries each key. Only models are read: a cell far away has no editor yet. */
export function carriers(notebook: Notebook): Map<string, Cell> {
  const cells = notebook.widgets;
  const told = cells.map(cell => ({
    id: cell.model.id,
    mark: cell.model.getMetadata(META) as unknown
  }));
  const found = new Map<string, Cell>();
  anchors(told).forEach((index, key) => found.set(key, cells[index]));
  return found;
}

/** The key of a cell, also of a copy of it. */
export function keyOf(cell: Cell): string | null {
  const mark: unknown = cell.model.getMetadata(META);
  return markOf({ id: cell.model.id, mark })?.key ?? null;
}

/** The video of a cell that moments are told of: the first, if its text is drawn and shows one. */
export function videoOf(cell: Cell | undefined): HTMLVideoElement | null {
  return cell?.node.querySelector<HTMLVideoElement>(VIDEO) ?? null;
}

const VIDEO = '.jp-RenderedMarkdown video';
const LONG = 8000;

/** A cell as its owner has it, with its error if it ended in one. */
export function attachment(cell: Cell): IAttachment {
  let traceback = '';
  if (isCodeCellModel(cell.model)) {
    const outputs = cell.model.outputs.toJSON();
    const error = outputs.find(
      (output): output is IError => output.output_type === 'error'
    );
    traceback = error ? bare([...error.traceback].join('\n')) : '';
  }
  return {
    cell: cell.model.sharedModel.getSource().slice(0, LONG),
    traceback: traceback.slice(-LONG)
  };
}

/** Text without the colours of a terminal. */
function bare(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** Bring a cell into view and make it the active one. */
export async function show(notebook: Notebook, cell: Cell): Promise<void> {
  notebook.activeCellIndex = notebook.widgets.indexOf(cell);
  await notebook.scrollToCell(cell, 'center');
}

const PAUSE = 50;
const LONGEST = 60_000;

/**
 * Bring a cell into view in a notebook that was opened just now. Cells of a long one are drawn one by one when
 * there is nothing else to do: this one may come late, and those above it push it away. Whoever scrolls or goes
 * to another cell meanwhile is left alone.
 */
export async function bring(notebook: Notebook, cell: Cell): Promise<void> {
  notebook.activeCellIndex = notebook.widgets.indexOf(cell);
  let left = false;
  const leave = (): void => {
    left = true;
  };
  for (const event of ['wheel', 'pointerdown', 'keydown']) {
    notebook.node.addEventListener(event, leave, { once: true });
  }
  const scrolled = notebook.scrollToCell(cell, 'center').catch(() => undefined);
  await Promise.race([scrolled, pause(10 * PAUSE)]);
  const end = Date.now() + LONGEST;
  for (let calm = 0; calm < 5 && Date.now() < end; ) {
    if (left || notebook.isDisposed || notebook.activeCell !== cell) {
      return;
    }
    const seen = inView(notebook, cell);
    calm = seen && drawn(notebook, cell) ? calm + 1 : 0;
    if (!seen) {
      cell.node.scrollIntoView({ block: 'center' });
    }
    await pause(PAUSE);
  }
}

function pause(length: number): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, length));
}

/** Whether everything above a cell is there; where only what is seen is drawn, nothing is pushed away. */
function drawn(notebook: Notebook, cell: Cell): boolean {
  const above = notebook.widgets.slice(0, notebook.widgets.indexOf(cell));
  return (
    notebook.notebookConfig.windowingMode === 'full' ||
    above.every(each => each.node.isConnected)
  );
}

/** Whether some of a cell is seen in its notebook. */
function inView(notebook: Notebook, cell: Cell): boolean {
  const frame = notebook.node.getBoundingClientRect();
  const place = cell.node.getBoundingClientRect();
  return (
    place.height > 0 && place.bottom > frame.top && place.top < frame.bottom
  );
}
