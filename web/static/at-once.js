// Sends the page's form as soon as somebody looks at the page: never while a browser only loads it ahead.
const form = document.querySelector("form[data-at-once]");
let sent = false;

function send() {
  if (sent || document.prerendering || document.visibilityState !== "visible") return;
  sent = true;
  form.requestSubmit();
}

if (form) {
  document.addEventListener("visibilitychange", send);
  document.addEventListener("prerenderingchange", send);
  send();
}
