// Sends with a hand-in when its files were last changed, as the computer they come from says. Without scripts the field
// stays empty, and the time of receipt stands alone.
document.querySelector("input[name=worked]")?.form.addEventListener("submit", (event) => {
  const form = event.target;
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  form.elements.worked.value = files.length
    ? new Date(Math.max(...files.map((file) => file.lastModified))).toISOString()
    : "";
});
