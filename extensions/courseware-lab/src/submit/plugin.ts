import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import type { ILesson } from '../api/types';
import { save } from '../lessons/documents';
import { missing, state } from '../lessons/words';
import { ICourse } from '../tokens';
import { speak } from '../tongue';

/** Handing in: a command for palette, toolbar and keyboard, and the state in the status bar. */
export const submitPlugin: JupyterFrontEndPlugin<void> = {
  id: 'courseware-lab:submit',
  description: 'Hand in the lesson that is open.',
  autoStart: true,
  requires: [ICourse, INotebookTracker, IDocumentManager],
  optional: [ITranslator, ICommandPalette, IStatusBar, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    course: ICourse,
    tracker: INotebookTracker,
    documents: IDocumentManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const current = (): ILesson | null =>
      course.lessonAt(tracker.currentWidget?.context.path ?? '');
    app.commands.addCommand('courseware:submit', {
      label: trans.__('Submit'),
      caption: trans.__('Hand in this lesson'),
      isEnabled: args => Boolean(args.lesson) || current() !== null,
      describedBy: {
        args: { type: 'object', properties: { lesson: { type: 'string' } } }
      },
      execute: async args => {
        const lesson =
          course.lessons.find(each => each.slug === args.lesson) ?? current();
        if (lesson) {
          await save(app.shell, documents, lesson);
          if (await handIn(course, lesson, trans)) {
            // Where the state of the hand-in is told as it changes; Notebook 7 shows no notifications.
            await app.commands.execute('courseware:show');
          }
        }
      }
    });
    palette?.addItem({
      command: 'courseware:submit',
      category: trans.__('Course')
    });
    course.stateChanged.connect(() =>
      app.commands.notifyCommandChanged('courseware:submit')
    );
    if (statusBar) {
      statusBar.registerStatusItem('courseware-lab:state', {
        item: shown(course, current, tracker, trans),
        align: 'left',
        rank: 90
      });
    }
  }
};

/** Ask, listing what goes; then hand in and say what came of it. Whether it was handed in, or waits. */
async function handIn(
  course: ICourse,
  lesson: ILesson,
  trans: TranslationBundle
): Promise<boolean> {
  const going = await course.act(() => course.client.files(lesson.slug));
  if (!going) {
    return false;
  }
  const body = new Widget({ node: document.createElement('div') });
  speak(body.node, trans);
  const list = document.createElement('ul');
  for (const file of going.files) {
    const item = document.createElement('li');
    item.dir = 'auto';
    item.textContent = file;
    list.append(item);
  }
  body.node.append(trans.__('These files go to the course:'), list);
  const answer = await showDialog({
    title: trans.__('Hand in %1', lesson.title),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Hand in') })
    ]
  });
  if (!answer.button.accept) {
    return false;
  }
  const handed = await course.submit(lesson.slug);
  if (handed?.queued) {
    Notification.warning(
      trans.__(
        '%1 Your hand-in waits here and goes out later.',
        handed.reason ?? trans.__('The course service is away.')
      )
    );
  } else if (handed?.submission) {
    const said = trans.__(
      'Handed in. Receipt %1 is kept with your copy.',
      handed.submission.id
    );
    const lacks = missing(handed.submission, trans);
    if (lacks) {
      Notification.warning(`${said} ${lacks}`);
    } else {
      Notification.success(said);
    }
  }
  return handed !== null;
}

/** The state of the open lesson's hand-in, for the status bar. */
function shown(
  course: ICourse,
  current: () => ILesson | null,
  tracker: INotebookTracker,
  trans: TranslationBundle
): Widget {
  const widget = new Widget({ node: document.createElement('span') });
  widget.addClass('cw-Status');
  speak(widget.node, trans);
  const update = (): void => {
    const lesson = current();
    widget.node.textContent =
      lesson && lesson.exercises.length ? state(lesson.submission, trans) : '';
  };
  course.stateChanged.connect(update);
  tracker.currentChanged.connect(update);
  return widget;
}
