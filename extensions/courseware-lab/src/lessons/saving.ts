import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { same } from './written';

type Context = Pick<
  DocumentRegistry.Context,
  'save' | 'model' | 'saveState' | 'ready' | 'path'
>;

/** Kinds of widgets in which people write. */
const WRITTEN_IN = ['Notebook', 'Editor'];

/** How long the end of a save is waited for: JupyterLab tells of none that somebody calls off in a dialog. */
const MOST_MS = 10_000;

const PAUSE_MS = 200;

const running = new WeakMap<object, Promise<void>>();
/** Documents that somebody changed while the last save of them ran: it does not hold that. */
const changed = new WeakSet<object>();
const places = new WeakMap<object, IPlace>();

/** Where a document is kept, by which of JupyterLab's ways it comes from there, as what, and in which words. */
export interface IPlace {
  contents: Pick<Contents.IManager, 'save' | 'get'>;
  provider: string | undefined;
  trans: Pick<TranslationBundle, '__'>;
  kind: Pick<
    DocumentRegistry.IModelFactory<DocumentRegistry.IModel>,
    'contentType' | 'fileFormat'
  >;
}

/** Know of each document where it is kept and when it is being saved, whoever began that. */
export function watch(app: JupyterFrontEnd, trans: TranslationBundle): void {
  const { contents } = app.serviceManager;
  for (const name of WRITTEN_IN) {
    app.docRegistry.addWidgetExtension(name, {
      createNew: (_, context) => {
        const { docRegistry } = app;
        const made = docRegistry.getWidgetFactory(name);
        const kind = docRegistry.getModelFactory(made?.modelName ?? 'text');
        if (kind) {
          const provider = made?.contentProviderId;
          follow(context, { contents, provider, kind, trans });
        }
      }
    });
  }
}

/** Know where this document is kept and when it is being saved. */
export function follow(context: Context, place: IPlace): void {
  places.set(context, place);
  context.model.contentChanged.connect(() => {
    if (running.has(context)) {
      changed.add(context);
    }
  });
  let end = (): void => undefined;
  context.saveState.connect((_, state) => {
    end();
    if (state === 'started') {
      changed.delete(context);
      running.set(
        context,
        new Promise(resolve => {
          const timer = setTimeout(resolve, MOST_MS);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        })
      );
    } else {
      running.delete(context);
    }
  });
}

/**
 * Have a document on the disk as it is on the screen. Of two saves at a time JupyterLab takes the first for a
 * change by somebody else, and asks which to keep: so the one that runs comes to its end first. It says then
 * that nothing is left to save, also of what was typed meanwhile.
 */
export async function saved(context: Context): Promise<void> {
  await context.ready;
  const place = places.get(context);
  if (context.model.collaborative && place) {
    await written(context, place);
    return;
  }
  await running.get(context);
  if (context.model.dirty || changed.has(context)) {
    await context.save();
  }
}

/**
 * Have the server write a document that several people work on. It does so by itself a while after each change,
 * and JupyterLab's own save, when it comes just then, takes that too for a change by somebody else. That the
 * server says it has written is not enough: a change that came meanwhile, or a line that is cut, lets it say so
 * too. So the file is read again, until it is as the document is.
 */
async function written(context: Context, place: IPlace): Promise<void> {
  const { contentType: type, fileFormat: format } = place.kind;
  const wish = { type, format, contentProviderId: place.provider };
  const end = Date.now() + MOST_MS;
  let problem: unknown = new Error(
    place.trans.__(
      'The file is not saved: the server has not written what is on the screen. Try again.'
    )
  );
  while (Date.now() < end) {
    const { model } = context;
    const content: unknown =
      format === 'json' ? model.toJSON() : model.toString();
    const left = end - Date.now();
    try {
      await within(
        left,
        place.contents.save(context.path, { ...wish, content })
      );
      const kept = await within(
        left,
        place.contents.get(context.path, { content: true })
      );
      if (same(textOf(kept.content), model.toString())) {
        return;
      }
    } catch (error) {
      // What the server's room refuses with is a bare text of its own.
      problem = error instanceof Error ? error : problem;
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
  throw problem;
}

/** What comes of something, if it comes in time. */
async function within<T>(ms: number, made: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject('late'), ms);
  });
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The content of a file as text. */
function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
