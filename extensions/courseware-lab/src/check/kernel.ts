import { type Cell, CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';
import { type IResult, isResult, TYPE } from './result';

interface IMarks {
  grade?: boolean;
  solution?: boolean;
  grade_id?: string;
}

/** What nbgrader's metadata says of a cell. */
function marks(cell: Cell): IMarks {
  const told: unknown = cell.model.getMetadata('nbgrader');
  return typeof told === 'object' && told !== null ? told : {};
}

/** The name of the exercise whose tests a cell holds. */
export function idOf(cell: Cell): string {
  return marks(cell).grade_id ?? '';
}

/** Whether a cell holds the tests of an exercise. */
export function isTests(cell: Cell): cell is CodeCell {
  const { grade, solution } = marks(cell);
  return cell instanceof CodeCell && grade === true && solution !== true;
}

/** The answers that belong to tests: the solution cells between them and the tests before. */
export function answersOf(cells: readonly Cell[], tests: Cell): CodeCell[] {
  const found: CodeCell[] = [];
  for (let at = cells.indexOf(tests) - 1; at >= 0; at--) {
    if (isTests(cells[at])) {
      break;
    }
    if (marks(cells[at]).solution === true && cells[at] instanceof CodeCell) {
      found.unshift(cells[at] as CodeCell);
    }
  }
  return found;
}

/** Run the answers, then their visible tests, in the student's own kernel. Null if it cannot check. */
export async function checked(
  panel: NotebookPanel,
  tests: CodeCell
): Promise<IResult | null> {
  for (const answer of answersOf(panel.content.widgets, tests)) {
    const done = await CodeCell.execute(answer, panel.sessionContext);
    // Its own error is told below the cell; the tests tell what follows from it.
    if (done && done.content.status === 'aborted') {
      return null;
    }
  }
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) {
    return null;
  }
  const title = idOf(tests);
  const source = tests.model.sharedModel.getSource();
  // What JSON writes as a text is a text in Python, too.
  const code = `__import__("courseware.kit.check", fromlist=["cell"]).cell(${JSON.stringify(source)}, title=${JSON.stringify(title)})`;
  let found: IResult | null = null;
  const future = kernel.requestExecute({ code, store_history: false });
  future.onIOPub = (message: KernelMessage.IIOPubMessage): void => {
    if (message.header.msg_type === 'display_data') {
      const { data } = (message as KernelMessage.IDisplayDataMsg).content;
      const told: unknown = data[TYPE];
      found = isResult(told) ? told : found;
    }
  };
  await future.done;
  return found;
}
