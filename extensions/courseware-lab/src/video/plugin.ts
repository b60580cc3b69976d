import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Refusal } from '../api/client';
import { ICourse, IDiscussions } from '../tokens';
import { Marks, type Open } from './marks';
import { type IKeep, Queue, type Send } from './queue';
import { Screen } from './screen';

/** What the course does not refuse for good: it is away, or nobody is signed in now. */
const AGAIN = new Set([
  'away',
  'failed',
  'temporary',
  'too-many',
  'unauthenticated'
]);

/** Captions, transcript, resuming and watched spans for videos in Markdown cells; no kernel, no widget. */
export const videoPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:video',
  description: 'Videos of lessons, with captions and where you left them.',
  autoStart: true,
  requires: [ICourse, INotebookTracker],
  optional: [ITranslator, IDiscussions],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    discussions: IDiscussions | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const { contents, serverSettings } = app.serviceManager;
    const send: Send = async (place, report) => {
      try {
        return await course.client.watch(place.course, place.lesson, report);
      } catch (error) {
        if (error instanceof Refusal && !AGAIN.has(error.code)) {
          return null;
        }
        throw error;
      }
    };
    const owner = serverSettings.baseUrl;
    const queue = new Queue(storage(), owner, send, {
      now: () => Date.now(),
      after: (length, does) => void window.setTimeout(does, length)
    });
    const open: Open = (thread, lesson, key) =>
      void app.commands.execute('courseware:open-thread', {
        thread,
        lesson,
        key
      });
    const marks = discussions && new Marks(discussions, open, trans);
    const screen = new Screen(course, contents, queue, owner, trans, marks);
    tracker.widgetAdded.connect((_, added) => screen.add(added));
    tracker.forEach(added => screen.add(added));
    void app.restored.then(() => queue.flush());
  }
};

/** The browser's storage, where it has one for this page. */
function storage(): IKeep | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
