import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

const TAGS = new Set(
  (
    'A B BLOCKQUOTE BR CODE DEL DIV EM H1 H2 H3 H4 H5 H6 HR I KBD LI OL P PRE S SPAN STRONG SUB SUP ' +
    'TABLE TBODY TD TH THEAD TR UL'
  ).split(' ')
);
const CLASS = /^language-[\w+-]+$/;

/**
 * What a comment of a stranger may show. JupyterLab's own sanitizer is made for the reader's own notebooks:
 * it keeps same-origin images (a request on mere reading), forms, foreign classes and command links. This
 * allow-list runs on what it leaves.
 */
export class CommentSanitizer implements IRenderMime.ISanitizer {
  readonly allowNamedProperties = false;
  readonly allowCommandLinker = false;

  constructor(private readonly base: IRenderMime.ISanitizer) {}

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    // An inert document: nothing in it loads or runs.
    const inert = new DOMParser().parseFromString(
      this.base.sanitize(dirty, options),
      'text/html'
    );
    clean(inert.body);
    return inert.body.innerHTML;
  }
}

function clean(root: Element): void {
  for (const element of Array.from(root.children)) {
    clean(element);
    if (!TAGS.has(element.tagName)) {
      const alt = element.getAttribute('alt');
      element.replaceWith(...(alt ? [alt] : Array.from(element.childNodes)));
      continue;
    }
    for (const { name, value } of Array.from(element.attributes)) {
      if (!allowed(name, value)) {
        element.removeAttribute(name);
      }
    }
    if (element.tagName === 'A') {
      element.setAttribute('rel', 'noopener noreferrer nofollow ugc');
      element.setAttribute('target', '_blank');
    }
  }
}

function allowed(name: string, value: string): boolean {
  return (
    (name === 'class' && CLASS.test(value)) ||
    (name === 'href' && /^https?:\/\//i.test(value)) ||
    (/^(colspan|rowspan)$/.test(name) && /^\d{1,2}$/.test(value)) ||
    (name === 'align' && /^(left|right|center)$/.test(value))
  );
}
