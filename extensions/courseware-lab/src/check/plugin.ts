import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICourse } from '../tokens';
import { CheckScreen } from './screen';
import { show } from './shown';

/** "Check" at the tests of an exercise, in the student's own kernel. */
export const checkPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:check',
  description: 'Runs the visible tests of an exercise at once.',
  autoStart: true,
  requires: [ICourse, INotebookTracker, IRenderMimeRegistry],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    show(rendermime, trans);
    const screen = new CheckScreen(course, trans);
    tracker.widgetAdded.connect((_, added) => screen.add(added));
    tracker.forEach(added => screen.add(added));
  }
};
