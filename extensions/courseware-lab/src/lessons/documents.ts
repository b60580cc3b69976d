import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Widget } from '@lumino/widgets';
import type { ILesson } from '../api/types';
import { saved } from './saving';
import { fingerprint } from './written';

type Context = NonNullable<ReturnType<IDocumentManager['contextForWidget']>>;

/** Where files of a folder are open, each place with its document. */
function places(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  folder: string
): [Widget, Context][] {
  return ['main', 'left', 'right', 'down']
    .flatMap(area => [...shell.widgets(area)])
    .map((widget): [Widget, Context | undefined] => [
      widget,
      documents.contextForWidget(widget)
    ])
    .filter(
      (place): place is [Widget, Context] =>
        place[1]?.localPath.startsWith(`${folder}/`) ?? false
    );
}

/** The files of a folder that are open; one that is open in two places has one document and is here once. */
function open(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  folder: string
): Context[] {
  const found = places(shell, documents, folder);
  return [...new Set(found.map(([, context]) => context))];
}

/** Save the lesson's files that are open and changed: notebooks, programs, data, text. */
export async function save(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  lesson: ILesson
): Promise<void> {
  if (lesson.copy) {
    await Promise.all(open(shell, documents, lesson.copy.path).map(saved));
  }
}

/** What is open of a lesson and nobody can type into, each with what was written in it. */
export interface IHeld {
  written: Map<Context, string>;
  release(): void;
}

/**
 * Keep people from typing into a lesson's open files while others come in their place: what is typed in
 * between would be nowhere.
 */
export async function hold(
  shell: JupyterFrontEnd.IShell,
  documents: IDocumentManager,
  folder: string
): Promise<IHeld> {
  const held = open(shell, documents, folder);
  const nodes = places(shell, documents, folder).map(([widget]) => widget.node);
  nodes.forEach(node => (node.inert = true));
  const release = (): void => nodes.forEach(node => (node.inert = false));
  try {
    await Promise.all(held.map(saved));
  } catch (error) {
    release();
    throw error;
  }
  const written = new Map(
    held.map(context => [context, fingerprint(context.model.toString())])
  );
  return { written, release };
}

/**
 * Show some of a lesson's files as they are on the disk now, where they are open and nobody wrote in them since
 * they were held. That JupyterLab has put its own marks into a notebook says nothing. The names of those that
 * stay as they are.
 */
export async function reload(
  held: IHeld,
  folder: string,
  files: string[]
): Promise<string[]> {
  const stayed: string[] = [];
  for (const [context, before] of held.written) {
    const name = context.localPath.slice(folder.length + 1);
    if (!files.includes(name)) {
      continue;
    }
    if (fingerprint(context.model.toString()) === before) {
      await context.revert();
    } else {
      stayed.push(name);
    }
  }
  return stayed;
}
