import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICourse } from '../tokens';
import { CheckScreen } from './screen';

/** "Check" at the tests of an exercise, in the student's own kernel. */
export const checkPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:check',
  description: 'Runs the visible tests of an exercise at once.',
  autoStart: true,
  requires: [ICourse, INotebookTracker],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const screen = new CheckScreen(course, trans);
    tracker.widgetAdded.connect((_, added) => screen.add(added));
    tracker.forEach(added => screen.add(added));
  }
};
