import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICourse } from '../tokens';

/** The author's desk, loaded once the course says that the person may upload drafts; a student's Lab never does. */
export const authorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:author',
  description: 'Marking cells, lint, trials and draft releases for authors.',
  autoStart: true,
  requires: [ICourse, INotebookTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const look = (): void => {
      if (course.status?.drafts === true) {
        course.stateChanged.disconnect(look);
        void import('./desk').then(({ putUp }) =>
          putUp({ app, course, tracker, trans, palette })
        );
      }
    };
    course.stateChanged.connect(look);
    look();
  }
};
