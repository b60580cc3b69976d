import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { VDomModel } from '@jupyterlab/ui-components';
import { Refusal } from '../api/client';
import { saved } from '../lessons/saving';
import type { As, Asking, IDesk, IDraft, IPlace } from './asking';
import { type IFinding, sorted } from './findings';
import {
  type CellType,
  comment,
  counts,
  type ICell,
  idOf,
  type Kind,
  kindOf,
  kindsOf,
  marked,
  pointsOf,
  suggested,
  wrapped
} from './marks';
import type { ITried } from './score';

const USUAL: Record<string, [string, string]> = {
  solution: ['BEGIN SOLUTION', 'END SOLUTION'],
  hidden: ['BEGIN HIDDEN TESTS', 'END HIDDEN TESTS'],
  scheme: ['BEGIN MARK SCHEME', 'END MARK SCHEME']
};

/** What lint said last: by the ids of cells, and of no cell of this notebook. */
export interface ILooked {
  cells: Map<string, IFinding[]>;
  others: IFinding[];
}

/** What came of a trial, or how far it is. */
export interface ITrial {
  as: As;
  tried: ITried[] | null;
  done: number;
  all: number;
}

/** What makes room for a copy and runs it. */
export interface ITrials {
  clear(lesson: string, as: As): Promise<void>;
  run(
    path: string,
    step: (done: number, all: number) => void
  ): Promise<ITried[]>;
}

/** The lesson that an author writes: the notebook before them, its marks, and what the course says of it. */
export class AuthorModel extends VDomModel {
  panel: NotebookPanel | null = null;
  place: IPlace | null = null;
  looked: ILooked | null = null;
  trial: ITrial | null = null;
  draft: IDraft | null = null;
  /** How the lesson stands on the course's pages; null where that is not known. */
  desk: IDesk | null = null;
  /** What is under way, of which there is one at a time. */
  busy: 'lint' | 'trial' | 'draft' | '' = '';
  /** Why the last thing did not come off, and the findings that stood against it. */
  problem = '';
  against: readonly string[] = [];
  private words = USUAL;

  constructor(
    readonly asking: Asking,
    private readonly trials: ITrials,
    private readonly local: (path: string) => string
  ) {
    super();
  }

  /** Go to another notebook, or to none. */
  async show(panel: NotebookPanel | null): Promise<void> {
    if (panel === this.panel) {
      return;
    }
    this.panel = panel;
    this.place = this.looked = this.trial = this.draft = this.desk = null;
    this.problem = '';
    this.against = [];
    this.stateChanged.emit();
    if (panel) {
      await panel.context.ready;
      const found = await this.asking.place(this.path).catch(() => null);
      if (this.panel === panel) {
        this.place = found;
        this.stateChanged.emit();
        await this.stand(panel);
      }
    }
  }

  /** The notebook's path as the server names it. */
  get path(): string {
    return this.panel ? this.local(this.panel.context.path) : '';
  }

  /** The notebook's cells, if it is one of a lesson. */
  get widgets(): readonly Cell[] {
    return this.place && this.panel && !this.panel.isDisposed
      ? this.panel.content.widgets
      : [];
  }

  get active(): Cell | null {
    return this.widgets.length
      ? (this.panel?.content.activeCell ?? null)
      : null;
  }

  /** All cells, as far as marking asks. */
  get cells(): ICell[] {
    return this.widgets.map(cell => ({
      type: cell.model.type as CellType,
      source: cell.model.sharedModel.getSource(),
      marks: cell.model.getMetadata('nbgrader') as unknown
    }));
  }

  /** The ids of all cells but one. */
  idsBut(cell: Cell): string[] {
    return this.widgets
      .filter(each => each !== cell)
      .map(each => idOf(each.model.getMetadata('nbgrader')));
  }

  /** Say what a cell is for. It keeps its id, or gets one from the heading above; points are 1 at first. */
  mark(cell: Cell, kind: Kind): void {
    const at = this.widgets.indexOf(cell);
    const before: unknown = cell.model.getMetadata('nbgrader');
    if (at < 0 || !kindsOf(cell.model.type as CellType).includes(kind)) {
      return;
    }
    const id = idOf(before) || suggested(kind, this.cells, at);
    const points = counts(kindOf(before)) ? pointsOf(before) : 1;
    // Two marks in quick succession are two changes to take back.
    const shared = this.panel?.content.model?.sharedModel as
      | { undoManager?: { stopCapturing(): void } }
      | undefined;
    shared?.undoManager?.stopCapturing();
    this.write(cell, kind, id, points);
  }

  rename(cell: Cell, id: string): void {
    const before: unknown = cell.model.getMetadata('nbgrader');
    this.write(cell, kindOf(before), id, pointsOf(before));
  }

  value(cell: Cell, points: number): void {
    const before: unknown = cell.model.getMetadata('nbgrader');
    this.write(cell, kindOf(before), idOf(before), points);
  }

  /** Write a cell's marks as one change of the notebook, which Undo takes back and others see. */
  private write(cell: Cell, kind: Kind, id: string, points: number): void {
    const own = marked(kind, id, points);
    this.panel?.content.model?.sharedModel.transact(() => {
      if (own) {
        cell.model.setMetadata('nbgrader', own);
      } else {
        cell.model.deleteMetadata('nbgrader');
      }
    });
    this.stateChanged.emit();
  }

  /** Put the selected lines of a cell between the two marks of what students do not get. */
  wrap(cell: Cell, region: 'solution' | 'hidden' | 'scheme'): void {
    const shared = cell.model.sharedModel;
    const source = shared.getSource();
    const { start, end } = cell.editor?.getSelection() ?? {
      start: { line: 0, column: 0 },
      end: { line: 0, column: 0 }
    };
    const some = start.line !== end.line || start.column !== end.column;
    const last = source.split('\n').length - 1;
    const [from, to] = [start.line, end.line].sort((a, b) => a - b);
    const language = this.panel?.content.model?.defaultKernelLanguage ?? '';
    const mark = cell.model.type === 'code' ? comment(language) : '';
    const text = wrapped(
      source,
      some ? [from, to] : [0, last],
      this.words[region],
      mark
    );
    shared.transact(() => shared.updateSource(0, source.length, text));
    this.stateChanged.emit();
  }

  /** Ask the course what lint says. The file is what is looked over, so it is saved first where it has changed. */
  async lint(): Promise<void> {
    await this.attempt('lint', async panel => {
      await saved(panel.context);
      const ids = panel.content.widgets.map(cell => cell.model.id);
      const told = await this.asking.lint(this.path);
      if (panel === this.panel) {
        this.words = { ...USUAL, ...told.delimiters };
        this.looked = sorted(told.findings, this.place?.path ?? '', ids);
        void this.stand(panel);
      }
    });
  }

  /** Ask how the lesson stands on the course's pages, where others decide too. */
  private async stand(panel: NotebookPanel): Promise<void> {
    const found = this.place ? await this.asking.desk(this.path) : null;
    if (panel === this.panel) {
      this.desk = found;
      this.stateChanged.emit();
    }
  }

  /** Make a copy, run all of it in a kernel of its own, and keep how its tests did. */
  async tryIt(as: As): Promise<void> {
    await this.attempt('trial', async panel => {
      await saved(panel.context);
      const trial: ITrial = { as, tried: null, done: 0, all: 0 };
      this.trial = trial;
      this.stateChanged.emit();
      try {
        await this.trials.clear(this.place?.lesson ?? '', as);
        const copy = await this.asking.copy(this.path, as);
        const tried = await this.trials.run(copy, (done, all) => {
          trial.done = done;
          trial.all = all;
          this.stateChanged.emit();
        });
        trial.tried = tried;
      } catch (error) {
        this.trial = null;
        throw error;
      }
    });
  }

  /** Upload the lesson as the draft of its next release. */
  async upload(notes: string, accept: string[]): Promise<void> {
    this.draft = null;
    await this.attempt('draft', async panel => {
      await saved(panel.context);
      this.draft = await this.asking.draft(this.path, notes, accept);
      await this.stand(panel);
    });
  }

  /** One thing at a time; why it does not come off is said. */
  private async attempt(
    busy: 'lint' | 'trial' | 'draft',
    does: (panel: NotebookPanel) => Promise<void>
  ): Promise<void> {
    const panel = this.panel;
    if (!panel || !this.place || this.busy) {
      return;
    }
    this.busy = busy;
    this.problem = '';
    this.against = [];
    this.stateChanged.emit();
    try {
      await does(panel);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.against = error instanceof Refusal ? error.details : [];
    }
    this.busy = '';
    this.stateChanged.emit();
  }
}
