import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ILesson } from '../api/types';
import type { CourseModel } from './model';
import { packed } from './words';

/** The command that puts a lesson to take along into the root: the one that is named, else the one that is open. */
export function addPack(
  app: JupyterFrontEnd,
  model: CourseModel,
  documents: IDocumentManager,
  trans: TranslationBundle
): void {
  const current = (): ILesson | null => {
    const widget = app.shell.currentWidget;
    const path = widget && documents.contextForWidget(widget)?.localPath;
    return path ? model.lessonAt(path) : null;
  };
  const meant = (slug: unknown): ILesson | null =>
    slug ? (model.lessons.find(each => each.slug === slug) ?? null) : current();
  app.commands.addCommand('courseware:pack', {
    label: trans.__('Take this lesson along, for offline'),
    isEnabled: args => Boolean(meant(args.lesson)?.release),
    describedBy: {
      args: { type: 'object', properties: { lesson: { type: 'string' } } }
    },
    execute: async args => {
      const lesson = meant(args.lesson);
      if (!lesson) {
        return;
      }
      if (!args.lesson) {
        // What comes of it is told there.
        await app.commands.execute('courseware:show');
      }
      await model.fetch(lesson, async () =>
        packed(await model.client.pack(lesson.slug), trans)
      );
    }
  });
}
