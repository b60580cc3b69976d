// Shows a page anew every few seconds while what it tells is going on, also where it answers a form that was refused: that
// is not to be sent again. Without scripts the page reloads itself.
const WAIT = 2000;
const { page } = document.currentScript.dataset;

function look() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", look, { once: true });
    return;
  }
  window.location.replace(page);
}

window.setTimeout(look, WAIT);
