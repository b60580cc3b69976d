import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/**
 * The offer to begin a missed lesson anew. Once it is taken its button goes, so what came of it is said in its
 * place and has the focus that was on the button.
 */
export function Shift(props: {
  offered: boolean;
  shift: () => Promise<boolean>;
  trans: TranslationBundle;
  children: (does: () => void) => React.ReactNode;
}): JSX.Element | null {
  const { offered, trans } = props;
  const [done, setDone] = React.useState(false);
  const said = React.useRef<HTMLParagraphElement>(null);
  React.useEffect(() => {
    if (offered) {
      // Another date was missed since.
      setDone(false);
    } else if (done) {
      said.current?.focus();
    }
  }, [done, offered]);
  if (!offered) {
    return done ? (
      <p className="cw-Note" ref={said} tabIndex={-1}>
        {trans.__('Your plan was changed. The lessons show your dates.')}
      </p>
    ) : null;
  }
  return (
    <div className="cw-Shift">
      <p className="cw-Note">
        {trans.__(
          'You missed this date. Begin the lesson anew today; those that follow move along. Your work and your marks stay.'
        )}
      </p>
      <div className="cw-Buttons">
        {props.children(() => void props.shift().then(setDone))}
      </div>
    </div>
  );
}
