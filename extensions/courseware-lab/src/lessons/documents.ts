import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ILesson } from '../api/types';

type Context = NonNullable<ReturnType<IDocumentManager['contextForWidget']>>;

/** The lesson's files that are open; one that is open in two places has one context and is here once. */
function open(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  folder: string
): Context[] {
  const found = ['main', 'left', 'right', 'down']
    .flatMap(area => [...shell.widgets(area)])
    .map(widget => documents.contextForWidget(widget))
    .filter(
      (context): context is Context =>
        context?.localPath.startsWith(`${folder}/`) ?? false
    );
  return [...new Set(found)];
}

/** Save the lesson's files that are open and changed: notebooks, programs, data, text. */
export async function save(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  lesson: ILesson
): Promise<void> {
  if (lesson.copy) {
    const changed = open(shell, documents, lesson.copy.path).filter(
      context => context.model.dirty
    );
    await Promise.all(changed.map(context => context.save()));
  }
}

/** Show some of a lesson's files as they are on the disk now, where they are open and unchanged. */
export async function reload(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  folder: string,
  files: string[]
): Promise<void> {
  const stale = open(shell, documents, folder).filter(
    context =>
      !context.model.dirty &&
      files.some(file => context.localPath === `${folder}/${file}`)
  );
  await Promise.all(stale.map(context => context.revert()));
}
