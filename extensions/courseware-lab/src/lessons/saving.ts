import type { DocumentRegistry } from '@jupyterlab/docregistry';

type Context = Pick<
  DocumentRegistry.Context,
  'save' | 'model' | 'saveState' | 'ready'
>;

/** Kinds of widgets in which people write. */
const WRITTEN_IN = ['Notebook', 'Editor'];

/** How long the end of a save is waited for: JupyterLab tells of none that somebody calls off in a dialog. */
const MOST_MS = 10_000;

const running = new WeakMap<object, Promise<void>>();

/** Know of each document when it is being saved, whoever began that. */
export function watch(registry: DocumentRegistry): void {
  for (const name of WRITTEN_IN) {
    registry.addWidgetExtension(name, {
      createNew: (_, context) => follow(context)
    });
  }
}

/** Know when this document is being saved. */
export function follow(context: Context): void {
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
  await running.get(context);
  if (context.model.dirty) {
    await context.save();
  }
}
