import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ICourse } from '../tokens';
import { QuizScreen } from './screen';

/** Questions in lessons: answered below their cell, judged by the course; no kernel, no widget. */
export const quizPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:quiz',
  description: 'Questions of lessons, answered below their cell.',
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
    const screen = new QuizScreen(course, rendermime, trans);
    tracker.widgetAdded.connect((_, added) => screen.add(added));
    tracker.forEach(added => screen.add(added));
  }
};
