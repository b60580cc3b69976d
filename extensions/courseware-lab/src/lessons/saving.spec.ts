import { Signal } from '@lumino/signaling';
import { follow, saved } from './saving';

/** A document whose saves end when they are told to. */
class Document {
  readonly ready = Promise.resolve();
  readonly model = { dirty: true };
  readonly saveState = new Signal<this, 'started' | 'completed' | 'failed'>(
    this
  );
  saves = 0;
  private ends: ((state: 'completed' | 'failed') => void)[] = [];

  save(): Promise<void> {
    this.saves += 1;
    this.saveState.emit('started');
    return new Promise(resolve => {
      this.ends.push(state => {
        this.model.dirty = state === 'failed';
        this.saveState.emit(state);
        resolve();
      });
    });
  }

  end(state: 'completed' | 'failed'): void {
    this.ends.shift()?.(state);
  }
}

function made(): [Document, Parameters<typeof saved>[0]] {
  const document = new Document();
  const context = document as unknown as Parameters<typeof saved>[0];
  follow(context);
  return [document, context];
}

const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

describe('saved', () => {
  it('saves what was changed, and only that', async () => {
    const [document, context] = made();
    const done = saved(context);
    await soon();
    document.end('completed');
    await done;
    await saved(context);
    expect(document.saves).toBe(1);
  });

  it('waits for a save that runs, and has nothing to do after it', async () => {
    const [document, context] = made();
    void document.save();
    let ended = false;
    const done = saved(context).then(() => (ended = true));
    await soon();
    expect([document.saves, ended]).toEqual([1, false]);
    document.end('completed');
    await done;
    expect(document.saves).toBe(1);
  });

  it('saves once more after one that failed', async () => {
    const [document, context] = made();
    void document.save();
    const done = saved(context);
    await soon();
    document.end('failed');
    await soon();
    expect(document.saves).toBe(2);
    document.end('completed');
    await done;
  });
});
