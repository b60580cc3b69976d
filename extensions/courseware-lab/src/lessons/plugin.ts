import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { listIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { Client } from '../api/client';
import type {
  IGot,
  ILesson,
  INotebookFeedback,
  ISubmission
} from '../api/types';
import { ICourse } from '../tokens';
import { tongue } from '../tongue';
import { greet } from './arrival';
import { hold, type IHeld, reload, save } from './documents';
import { CourseModel } from './model';
import { addPack } from './pack';
import { openPages } from './pages';
import { watch } from './saving';
import type { Jump } from './since';
import { CoursePanel } from './view';

/** The "Course" panel: lessons, dates, state; get, open, feedback. */
export const lessonsPlugin: JupyterFrontEndPlugin<ICourse> = {
  id: 'courseware-lab:lessons',
  description: 'The lessons of the course in a side panel.',
  autoStart: true,
  provides: ICourse,
  requires: [IDocumentManager],
  optional: [ITranslator, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    documents: IDocumentManager,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): ICourse => {
    const trans = (translator ?? nullTranslator).load('courseware');
    const client = new Client(app.serviceManager.serverSettings, tongue(trans));
    const model = new CourseModel(client);
    watch(app, trans);
    const panel = new CoursePanel(
      model,
      {
        get: lesson => void model.fetch(lesson, () => client.get(lesson.slug)),
        open: lesson => open(app, lesson),
        begin: lesson => void begin(app, model, lesson),
        submit: lesson =>
          void app.commands.execute('courseware:submit', {
            lesson: lesson.slug
          }),
        feedback: lesson => void feedback(app, model, lesson),
        keep: lesson =>
          void save(app.shell, documents, lesson).then(() =>
            model.act(() => client.keepCopy(lesson.slug))
          ),
        resume: lesson =>
          void bring(app, model, documents, lesson, trans, () =>
            client.continueHere(lesson.slug)
          ),
        pack: lesson =>
          void app.commands.execute('courseware:pack', { lesson: lesson.slug }),
        preview: async lesson => {
          await save(app.shell, documents, lesson);
          return client.preview(lesson.slug);
        },
        update: lesson =>
          void bring(app, model, documents, lesson, trans, () =>
            client.update(lesson.slug)
          ),
        undo: lesson =>
          void bring(app, model, documents, lesson, trans, () =>
            client.undoUpdate(lesson.slug)
          ),
        history: async lesson => {
          try {
            return await client.submissions(lesson.slug);
          } catch {
            // Away: the panel says so already.
            return [];
          }
        },
        shift: () => shift(model),
        plan: () => client.plan(model.status?.course?.slug ?? ''),
        change: async wish => {
          const course = model.status?.course?.slug ?? '';
          const told = await client.changePlan(course, wish);
          void model.refresh();
          return told;
        },
        receipt: work => void receipt(model, work),
        go: jump => go(app, model, jump),
        pages: () => void app.commands.execute('courseware:open-pages'),
        page: lesson =>
          void app.commands.execute('courseware:open-pages', {
            page: `/courses/${model.status?.course?.slug}/lessons/${lesson.slug}`
          })
      },
      trans
    );
    panel.title.icon = listIcon;
    panel.title.caption = trans.__('Course');
    app.shell.add(panel, 'left', { rank: 150 });
    // A Lab that is loaded again shows the panel as it was left.
    restorer?.add(panel, panel.id);
    app.commands.addCommand('courseware:show', {
      label: trans.__('Show the course'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    app.commands.addCommand('courseware:open-pages', {
      label: trans.__("Open the course's pages in the browser"),
      isEnabled: () => Boolean(model.status?.connected),
      describedBy: {
        args: { type: 'object', properties: { page: { type: 'string' } } }
      },
      execute: args =>
        openPages(model, trans, typeof args.page === 'string' ? args.page : '')
    });
    addPack(app, model, documents, trans);
    model.stateChanged.connect(() => {
      app.commands.notifyCommandChanged('courseware:open-pages');
      app.commands.notifyCommandChanged('courseware:pack');
    });
    for (const command of [
      'courseware:show',
      'courseware:open-pages',
      'courseware:pack'
    ]) {
      palette?.addItem({ command, category: trans.__('Course') });
    }
    // Until a Lab is restored, it moves between panels by itself.
    void app.restored.then(() => {
      greet(model, document, () => app.shell.activateById(panel.id));
      return model.refresh();
    });
    return model;
  }
};

/** Let the browser save a receipt, which can be checked without the course. */
async function receipt(model: CourseModel, work: ISubmission): Promise<void> {
  const found = await model.act(() => model.client.receipt(work.id));
  if (found) {
    const link = document.createElement('a');
    const data = new Blob([JSON.stringify(found, null, 2)], {
      type: 'application/json'
    });
    link.href = URL.createObjectURL(data);
    link.download = `receipt-${work.id}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

/** Begin the missed lesson anew today; whether the course did it. */
async function shift(model: CourseModel): Promise<boolean> {
  const course = model.status?.course?.slug ?? '';
  const told = await model.act(() =>
    model.client.changePlan(course, { act: 'shift' })
  );
  return told !== null;
}

/** To what is new: a discussion beside its cell, the feedback, or the lesson. */
function go(app: JupyterFrontEnd, model: CourseModel, jump: Jump): void {
  const lesson = model.lessons.find(each => each.slug === jump.lesson);
  if (jump.to === 'thread') {
    void app.commands.execute('courseware:open-thread', { ...jump });
  } else if (lesson && jump.to === 'marks') {
    void feedback(app, model, lesson);
  } else if (lesson?.copy) {
    open(app, lesson);
  } else if (lesson) {
    void model.act(() => model.client.get(lesson.slug));
  }
}

/**
 * Change files of a lesson behind the documents: take the kept copy, update, take an update back. What is open
 * is saved first, so that it counts as changed here and stays; what changed is shown as it is now.
 */
async function bring(
  app: JupyterFrontEnd,
  model: CourseModel,
  documents: IDocumentManager,
  lesson: ILesson,
  trans: TranslationBundle,
  does: () => Promise<IGot>
): Promise<void> {
  const folder = lesson.copy?.path ?? '';
  const open: { held?: IHeld } = {};
  try {
    const told = await model.fetch(lesson, async () => {
      open.held = await hold(app.shell, documents, folder);
      return does();
    });
    const changed = [
      ...(told?.replaced ?? []),
      ...(told?.updated ?? []),
      ...(told?.undone ?? [])
    ];
    const stayed = open.held ? await reload(open.held, folder, changed) : [];
    for (const name of stayed) {
      model.note(
        trans.__(
          'You changed %1 while the files came, and it is open as you have it. Save it under another name to keep both.',
          name
        )
      );
    }
  } finally {
    open.held?.release();
  }
}

/** Open a lesson's notebooks, or its folder's first file. */
function open(app: JupyterFrontEnd, lesson: ILesson): void {
  const copy = lesson.copy;
  if (!copy) {
    return;
  }
  const files = copy.notebooks.length ? copy.notebooks : copy.files.slice(0, 1);
  for (const file of files) {
    void app.commands.execute('docmanager:open', {
      path: `${copy.path}/${file}`
    });
  }
}

/** Open a lesson that is next, with its files got first where they are not here yet. */
async function begin(
  app: JupyterFrontEnd,
  model: CourseModel,
  lesson: ILesson
): Promise<void> {
  if (!lesson.copy) {
    await model.fetch(lesson, () => model.client.get(lesson.slug));
  }
  const found = model.lessons.find(each => each.slug === lesson.slug);
  open(app, found ?? lesson);
}

/** Show the feedback beside the notebook, in a frame that may do nothing; once, however often it is asked for. */
async function feedback(
  app: JupyterFrontEnd,
  model: CourseModel,
  lesson: ILesson
): Promise<void> {
  const work = lesson.submission;
  const found = work
    ? await model.act<INotebookFeedback[]>(() => model.client.feedback(work.id))
    : null;
  for (const part of found ?? []) {
    const id = `courseware-feedback-${lesson.slug}-${part.notebook}`;
    for (const before of [...app.shell.widgets('main')]) {
      if (before.id === id) {
        before.dispose();
      }
    }
    const content = new Widget({ node: document.createElement('div') });
    const frame = document.createElement('iframe');
    frame.className = 'cw-Feedback';
    frame.setAttribute('sandbox', '');
    frame.title = `${lesson.title}: ${part.notebook}`;
    // What is framed cannot see which theme Lab has.
    const theme =
      document.body.dataset.jpThemeLight === 'false' ? 'dark' : 'light';
    frame.srcdoc = part.html.replace('<html ', `<html data-theme="${theme}" `);
    content.node.append(frame);
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.label = frame.title;
    widget.title.closable = true;
    app.shell.add(widget, 'main', { mode: 'split-right' });
  }
}
