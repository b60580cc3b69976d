import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { editIcon } from '@jupyterlab/ui-components';
import { StackedPanel, Widget } from '@lumino/widgets';
import { ICourse } from '../tokens';
import { speak } from '../tongue';

/** The author's desk, loaded once the course says that the person may upload drafts; a student's Lab never does. */
export const authorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:author',
  description: 'Marking cells, lint, trials and draft releases for authors.',
  autoStart: true,
  requires: [ICourse, INotebookTracker],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const room = made(trans);
    // The layout is restored before the course has said who this is: it puts the room where an author had it.
    restorer?.add(room, room.id);
    const look = (): void => {
      const { drafts } = course.status ?? {};
      if (drafts === true) {
        course.stateChanged.disconnect(look);
        void import('./desk').then(({ putUp }) =>
          putUp({ app, course, tracker, trans, palette, room })
        );
      } else if (drafts === false) {
        room.parent = null;
      }
    };
    course.stateChanged.connect(look);
    void app.restored.then(look);
  }
};

/** The room of the panel, in which nothing but a word stands before the course has answered. */
function made(trans: TranslationBundle): StackedPanel {
  const room = new StackedPanel();
  room.id = 'courseware-author';
  room.title.icon = editIcon;
  room.title.caption = trans.__('Author');
  const waiting = new Widget();
  waiting.addClass('cw-Panel');
  waiting.node.textContent = trans.__('Waiting for the course…');
  speak(waiting.node, trans);
  room.addWidget(waiting);
  return room;
}
