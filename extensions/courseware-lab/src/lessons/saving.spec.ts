import { Signal } from '@lumino/signaling';
import { follow, type IPlace, saved } from './saving';

/** A document whose saves end when they are told to. */
class Document {
  readonly ready = Promise.resolve();
  readonly path = 'lesson/lesson.ipynb';
  readonly model = {
    dirty: true,
    collaborative: false,
    toJSON: () => ({ cells: [] })
  };
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

/** The server's room of a shared document, which answers as it is told to, then that it has written. */
class Room {
  readonly asked: unknown[] = [];

  constructor(private readonly refusals: unknown[]) {}

  save(path: string, options: unknown): Promise<never> {
    this.asked.push({ path, options });
    const refusal: unknown = this.refusals.shift();
    return refusal === undefined
      ? Promise.resolve({} as never)
      : // The server's answer is a bare text.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        Promise.reject(refusal);
  }
}

function made(
  room = new Room([])
): [Document, Parameters<typeof saved>[0], Room] {
  const document = new Document();
  const context = document as unknown as Parameters<typeof saved>[0];
  const kind = { contentType: 'notebook', fileFormat: 'json' } as const;
  const place: IPlace = { contents: room, provider: 'rtc', kind };
  follow(context, place);
  return [document, context, room];
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

  it('has the server write what several people work on', async () => {
    const [document, context, room] = made();
    document.model.collaborative = true;
    document.model.dirty = false;
    await saved(context);
    expect(document.saves).toBe(0);
    const options = {
      type: 'notebook',
      format: 'json',
      content: { cells: [] },
      contentProviderId: 'rtc'
    };
    expect(room.asked).toEqual([{ path: 'lesson/lesson.ipynb', options }]);
  });

  it('asks again where the server is just writing', async () => {
    const [document, context, room] = made(
      new Room(['Saving already in progress'])
    );
    document.model.collaborative = true;
    await saved(context);
    expect(room.asked).toHaveLength(2);
  });

  it('tells of what the server could not write', async () => {
    const [document, context, room] = made(new Room(['Saving failed']));
    document.model.collaborative = true;
    await expect(saved(context)).rejects.toBe('Saving failed');
    expect(room.asked).toHaveLength(1);
  });
});
