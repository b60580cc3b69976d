import type { IRenderMime, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { isolated, speak } from '../tongue';
import { isResult, list, said, TYPE } from './result';

/** A hint, as `courseware.kit.hints` displays it. */
const HINT = 'application/vnd.courseware.hint+json';

type Draw = (data: unknown, trans: TranslationBundle) => HTMLElement[] | null;

/**
 * Show what cells display that check, or give a hint, in the reader's language. Outputs are stored in notebooks and
 * come from anybody: what is not as the kit sends it is shown as its plain text, and all words are text.
 */
export function show(
  rendermime: IRenderMimeRegistry,
  trans: TranslationBundle
): void {
  const kinds: [string, string, Draw][] = [
    [TYPE, 'cw-Check', result],
    [HINT, 'cw-Hint', hint]
  ];
  for (const [type, name, draw] of kinds) {
    rendermime.addFactory({
      safe: true,
      mimeTypes: [type],
      defaultRank: 10, // before HTML
      createRenderer: () => new Shown(type, name, draw, trans)
    });
  }
}

class Shown extends Widget implements IRenderMime.IRenderer {
  constructor(
    private readonly type: string,
    name: string,
    private readonly draw: Draw,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass(name);
    this.addClass('cw-mod-output');
    speak(this.node, trans);
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { [this.type]: data, 'text/plain': text } = model.data;
    const drawn = this.draw(data, this.trans);
    this.node.replaceChildren(...(drawn ?? [plain(text)]));
    return Promise.resolve();
  }
}

function plain(text: unknown): HTMLElement {
  const node = document.createElement('pre');
  node.dir = 'auto';
  node.textContent = typeof text === 'string' ? text : '';
  return node;
}

/** The result of a check, with the exercise that it is of. */
function result(data: unknown, trans: TranslationBundle): HTMLElement[] | null {
  if (!isResult(data)) {
    return null;
  }
  const { title } = data as { title?: unknown };
  const head = document.createElement('p');
  const name = typeof title === 'string' && title !== 'Check' ? title : '';
  head.append(
    name ? isolated(name) : trans.__('Check'),
    ': ',
    said(data, trans)
  );
  return [head, ...list(data, trans)];
}

/** A hint, folded until somebody wants to read it. */
function hint(data: unknown, trans: TranslationBundle): HTMLElement[] | null {
  if (typeof data !== 'object' || data === null) {
    return null;
  }
  const { title, text } = data as { title?: unknown; text?: unknown };
  if (typeof title !== 'string' || typeof text !== 'string') {
    return null;
  }
  const node = document.createElement('details');
  const summary = document.createElement('summary');
  const body = document.createElement('p');
  summary.append(title === 'Hint' ? trans.__('Hint') : isolated(title));
  body.dir = 'auto';
  body.textContent = text;
  node.append(summary, body);
  return [node];
}
