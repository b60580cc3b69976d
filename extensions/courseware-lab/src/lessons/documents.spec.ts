import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { hold, reload } from './documents';

/** A notebook that is open in two places, and what was done with it. */
class Opened {
  localPath = 'course/one/one.ipynb';
  ready = Promise.resolve();
  done: string[] = [];
  nodes = [{ inert: false }, { inert: false }];
  model = { dirty: true, toString: (): string => this.text() };

  constructor(
    public source = 'a = 1',
    private readonly saves = true
  ) {}

  text(): string {
    const metadata = { language_info: this.done.length };
    const cells = [{ cell_type: 'code', source: this.source, outputs: [] }];
    return JSON.stringify({ metadata, cells });
  }

  save(): Promise<void> {
    this.done.push('saved');
    return this.saves ? Promise.resolve() : Promise.reject(new Error('full'));
  }

  revert(): Promise<void> {
    this.done.push('reverted');
    return Promise.resolve();
  }

  get shell(): JupyterFrontEnd.IShell {
    const widgets = this.nodes.map(node => ({ node }));
    const shell = {
      widgets: (area: string) => (area === 'main' ? widgets : [])
    };
    return shell as unknown as JupyterFrontEnd.IShell;
  }

  get documents(): IDocumentManager {
    return {
      contextForWidget: () => this
    } as unknown as IDocumentManager;
  }
}

const FOLDER = 'course/one';

describe('files that are open while others come in their place', () => {
  it('are saved, held and shown anew though they were marked since', async () => {
    const book = new Opened();
    const held = await hold(book.shell, book.documents, FOLDER);
    expect(book.nodes.map(node => node.inert)).toEqual([true, true]);
    expect(await reload(held, FOLDER, ['one.ipynb'])).toEqual([]);
    expect(book.done).toEqual(['saved', 'reverted']);
    held.release();
    expect(book.nodes.map(node => node.inert)).toEqual([false, false]);
  });

  it('stay, and are named, if somebody changed them after all', async () => {
    const book = new Opened();
    const held = await hold(book.shell, book.documents, FOLDER);
    book.source = 'a = 2';
    expect(await reload(held, FOLDER, ['one.ipynb'])).toEqual(['one.ipynb']);
    expect(book.done).toEqual(['saved']);
  });

  it('stay if nothing came for them', async () => {
    const book = new Opened();
    const held = await hold(book.shell, book.documents, FOLDER);
    expect(await reload(held, FOLDER, ['two.ipynb'])).toEqual([]);
    expect(book.done).toEqual(['saved']);
  });

  it('are let go, and nothing comes, if they cannot be saved', async () => {
    const book = new Opened('a = 1', false);
    await expect(hold(book.shell, book.documents, FOLDER)).rejects.toThrow(
      'full'
    );
    expect(book.nodes.map(node => node.inert)).toEqual([false, false]);
  });
});
