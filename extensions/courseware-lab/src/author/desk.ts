import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import {
  type INotebookTracker,
  NotebookActions,
  type NotebookPanel
} from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { StackedPanel } from '@lumino/widgets';
import type { ICourse } from '../tokens';
import { Asking } from './asking';
import { type Kind, kindOf, kindsOf, type CellType } from './marks';
import { Markers } from './markers';
import { AuthorModel } from './model';
import { isCopy, Trials } from './trial';
import { AuthorPanel } from './view';
import { kind } from './words';
import { adding } from '../commands';

/** What the desk is put up with. */
export interface ITools {
  app: JupyterFrontEnd;
  course: ICourse;
  tracker: INotebookTracker;
  trans: TranslationBundle;
  palette: ICommandPalette | null;
  /** The room of the panel in the sidebar, where the layout may have put it already. */
  room: StackedPanel;
}

/** Put the author's panel, bars and commands up. This is loaded for those only who may upload drafts. */
export function putUp(tools: ITools): void {
  const { app, course, tracker, trans, room } = tools;
  const asking = new Asking(() => course.client);
  const trials = new Trials(
    app,
    tracker,
    path => asking.remove(path).catch(() => undefined),
    trans
  );
  const model = new AuthorModel(asking, trials, path =>
    app.serviceManager.contents.localPath(path)
  );
  const panel = new AuthorPanel(
    model,
    {
      jump: cell => void jump(app, model, cell),
      undo: () => model.panel && NotebookActions.undo(model.panel.content),
      page: page => void app.commands.execute('courseware:open-pages', { page })
    },
    trans
  );
  for (const waiting of [...room.widgets]) {
    waiting.dispose();
  }
  room.addWidget(panel);
  if (!room.parent) {
    app.shell.add(room, 'right', { rank: 460 });
  }
  const markers = new Markers(model, trans);
  follow(tools, model, markers);
  addCommands(tools, model, panel);
}

/** Keep to the notebook that is before the author. A copy that is tried is not one. */
function follow(tools: ITools, model: AuthorModel, markers: Markers): void {
  const { app, tracker } = tools;
  const contents = app.serviceManager.contents;
  const changed = (): void => {
    model.stateChanged.emit();
  };
  let frame = 0;
  const soon = (): void => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      changed();
    });
  };
  const saved = (
    _: DocumentRegistry.Context,
    state: DocumentRegistry.SaveState
  ): void => {
    // Asking what lint says saves it too, and is busy then.
    if (state === 'completed' && !model.busy) {
      void model.lint();
    }
  };
  const go = (panel: NotebookPanel | null): void => {
    const before = model.panel;
    const path = panel ? contents.localPath(panel.context.path) : '';
    if (panel === before || (isCopy(path) && !before?.isDisposed)) {
      return;
    }
    if (before && !before.isDisposed) {
      before.content.activeCellChanged.disconnect(changed);
      before.content.modelContentChanged.disconnect(soon);
      before.context.saveState.disconnect(saved);
      markers.leave(before);
    }
    void model.show(panel);
    panel?.content.activeCellChanged.connect(changed);
    panel?.content.modelContentChanged.connect(soon);
    panel?.context.saveState.connect(saved);
    panel?.disposed.connect(() => {
      if (model.panel === panel) {
        void model.show(null);
      }
    });
  };
  tracker.currentChanged.connect((_, panel) => go(panel));
  go(tracker.currentWidget);
}

async function jump(
  app: JupyterFrontEnd,
  model: AuthorModel,
  cell: Cell
): Promise<void> {
  const notebook = model.panel?.content;
  if (notebook && model.panel) {
    app.shell.activateById(model.panel.id);
    notebook.activeCellIndex = notebook.widgets.indexOf(cell);
    notebook.mode = 'command';
    await notebook.scrollToCell(cell, 'center');
    notebook.node.focus();
    cell.node.focus();
  }
}

function addCommands(
  { app, trans, palette, room }: ITools,
  model: AuthorModel,
  panel: AuthorPanel
): void {
  const add = adding(app, palette, trans.__('Author'));
  const ready = (): boolean => model.place !== null;
  add(
    'courseware:author',
    trans.__("Show the author's panel"),
    () => {
      app.shell.activateById(room.id);
      panel.enter();
    },
    () => true
  );
  for (const each of [
    'ordinary',
    'answer',
    'tests',
    'manual',
    'task',
    'readonly'
  ] as Kind[]) {
    add(
      `courseware:mark-${each}`,
      trans.__('Mark the cell: %1', kind(each, trans)),
      () => model.active && model.mark(model.active, each),
      () =>
        model.active !== null &&
        kindsOf(model.active.model.type as CellType).includes(each)
    );
  }
  const is = (...kinds: Kind[]): boolean =>
    model.active !== null &&
    kinds.includes(kindOf(model.active.model.getMetadata('nbgrader')));
  add(
    'courseware:wrap-solution',
    trans.__('Put the selection into a solution'),
    () => model.active && model.wrap(model.active, 'solution'),
    () => is('answer', 'manual')
  );
  add(
    'courseware:wrap-hidden',
    trans.__('Hide the selected tests'),
    () => model.active && model.wrap(model.active, 'hidden'),
    () => is('tests')
  );
  add(
    'courseware:look-over',
    trans.__('Look the lesson over'),
    () => void model.lint(),
    ready
  );
  add(
    'courseware:try-blank',
    trans.__('Run as a blank student'),
    () => void model.tryIt('blank'),
    ready
  );
  add(
    'courseware:try-key',
    trans.__('Run as the key'),
    () => void model.tryIt('key'),
    ready
  );
  let told = '';
  model.stateChanged.connect(() => {
    // Menus and toolbars are drawn anew for it: only when something else can be done.
    const { active, place } = model;
    const now = active
      ? `${active.model.type} ${kindOf(active.model.getMetadata('nbgrader'))}`
      : String(place !== null);
    if (now !== told) {
      told = now;
      app.commands.notifyCommandChanged();
    }
  });
  app.commands.addKeyBinding({
    command: 'courseware:author',
    keys: ['Ctrl Alt A'],
    selector: '.jp-Notebook'
  });
}
