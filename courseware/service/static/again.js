// Shows a page anew every few seconds while what it tells is going on. Without scripts the page reloads itself.
const WAIT = 2000;

function look() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", look, { once: true });
    return;
  }
  window.location.reload();
}

window.setTimeout(look, WAIT);
