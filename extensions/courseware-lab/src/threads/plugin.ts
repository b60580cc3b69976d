import {
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
  ILayoutRestorer
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import { DiscussionClient } from '../api/discussion';
import { ICourse, IDiscussions } from '../tokens';
import { addCommands } from './commands';
import { Desk } from './desk';
import { Drafts } from './drafts';
import { PanelModel } from './model';
import { DiscussionPanel } from './panel';
import { CommentSanitizer } from './sanitize';
import { DiscussionStore } from './store';

const icon = new LabIcon({
  name: 'courseware:discussion',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"/></svg>'
});

/** What is said about open lessons, shared by badges, panel and commands. */
export const storePlugin: JupyterFrontEndPlugin<IDiscussions> = {
  id: 'courseware-lab:discussions',
  description: 'The discussion of the course, as the course service tells it.',
  autoStart: true,
  provides: IDiscussions,
  requires: [ICourse],
  activate: (_: JupyterFrontEnd, course: ICourse): IDiscussions =>
    new DiscussionStore(
      new DiscussionClient(
        course.client,
        () => course.status?.course?.slug ?? ''
      )
    )
};

/** The badges on cells, the side panel, and the commands that lead there. */
export const threadsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:threads',
  description: 'A discussion on every cell of a lesson.',
  autoStart: true,
  requires: [ICourse, IDiscussions, INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    store: IDiscussions,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const panel = side(app, store, rendermime, trans);
    restorer?.add(panel, panel.id);
    const desk = new Desk(
      course,
      store,
      tracker,
      panel.model,
      trans,
      path => opened(app, path),
      (key, origin) => {
        app.shell.activateById(panel.id);
        void panel.model.openCell(key);
        panel.enter(origin);
      },
      notebook => app.shell.activateById(notebook.id)
    );
    addCommands(app, desk, panel, trans, palette);
    tracker.widgetAdded.connect((_, added: NotebookPanel) => desk.add(added));
    tracker.forEach(added => desk.add(added));
  }
};

/** A notebook, opened as a person does it. */
async function opened(
  app: JupyterFrontEnd,
  path: string
): Promise<NotebookPanel | null> {
  const made: unknown = await app.commands.execute('docmanager:open', { path });
  return made instanceof NotebookPanel ? made : null;
}

/** The panel, in the right area. */
function side(
  app: JupyterFrontEnd,
  store: DiscussionStore,
  rendermime: IRenderMimeRegistry,
  trans: TranslationBundle
): DiscussionPanel {
  // Drafts of two people on one hub are apart by the address of their servers.
  const owner = app.serviceManager.serverSettings.baseUrl;
  const drafts = new Drafts(window.localStorage, owner, () => UUID.uuid4());
  const safe = rendermime.clone({
    sanitizer: new CommentSanitizer(rendermime.sanitizer)
  });
  const model = new PanelModel(store.client, drafts);
  const panel = new DiscussionPanel(model, safe, trans);
  panel.title.icon = icon;
  panel.title.caption = trans.__('Discussion');
  app.shell.add(panel, 'right', { rank: 450 });
  return panel;
}
