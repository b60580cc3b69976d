import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

type Context = Pick<
  DocumentRegistry.Context,
  'save' | 'model' | 'saveState' | 'ready' | 'path'
>;

/** Kinds of widgets in which people write. */
const WRITTEN_IN = ['Notebook', 'Editor'];

/** How long the end of a save is waited for: JupyterLab tells of none that somebody calls off in a dialog. */
const MOST_MS = 10_000;

const PAUSE_MS = 200;

/** What the server says of a document that it writes just now: it cannot be asked a second time. */
const WRITING = /in progress/;

const running = new WeakMap<object, Promise<void>>();
const places = new WeakMap<object, IPlace>();

/** Where a document is kept, by which of JupyterLab's ways it comes from there, and as what. */
export interface IPlace {
  contents: Pick<Contents.IManager, 'save'>;
  provider: string | undefined;
  kind: Pick<
    DocumentRegistry.IModelFactory<DocumentRegistry.IModel>,
    'contentType' | 'fileFormat'
  >;
}

/** Know of each document where it is kept and when it is being saved, whoever began that. */
export function watch(app: JupyterFrontEnd): void {
  const { contents } = app.serviceManager;
  for (const name of WRITTEN_IN) {
    app.docRegistry.addWidgetExtension(name, {
      createNew: (_, context) => {
        const { docRegistry } = app;
        const made = docRegistry.getWidgetFactory(name);
        const kind = docRegistry.getModelFactory(made?.modelName ?? 'text');
        if (kind) {
          const provider = made?.contentProviderId;
          follow(context, { contents, provider, kind });
        }
      }
    });
  }
}

/** Know where this document is kept and when it is being saved. */
export function follow(context: Context, place: IPlace): void {
  places.set(context, place);
  let end = (): void => undefined;
  context.saveState.connect((_, state) => {
    end();
    if (state === 'started') {
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
 * change by somebody else, and asks which to keep: so the one that runs comes to its end first.
 */
export async function saved(context: Context): Promise<void> {
  await context.ready;
  const place = places.get(context);
  if (context.model.collaborative && place) {
    await written(context, place);
    return;
  }
  await running.get(context);
  if (context.model.dirty) {
    await context.save();
  }
}

/**
 * Have the server write a document that several people work on. It does so by itself a while after each change,
 * and JupyterLab's own save, when it comes just then, takes that too for a change by somebody else.
 */
async function written(context: Context, place: IPlace): Promise<void> {
  const { contentType: type, fileFormat: format } = place.kind;
  const wish = { type, format, contentProviderId: place.provider };
  const end = Date.now() + MOST_MS;
  for (;;) {
    const { model } = context;
    const content: unknown =
      format === 'json' ? model.toJSON() : model.toString();
    try {
      await place.contents.save(context.path, { ...wish, content });
      return;
    } catch (error) {
      if (!WRITING.test(String(error)) || Date.now() > end) {
        throw error;
      }
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
  }
}
