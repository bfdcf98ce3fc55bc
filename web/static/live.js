// Keeps a page true while it is open: when the server says that something has changed, it asks for the page again and
// puts its regions in place of the old ones – but none in which somebody is typing, choosing text or standing.
const root = document.querySelector("[data-live]");
const news = root.querySelector("[data-news]");
const AGAIN_MS = 20_000;
const SOON_MS = 5_000;
let stream, late, asking, askAgain, retry, skew;

// Returns the link in new content that leads where an old one does.
function twin(element, fresh) {
  const href = element.getAttribute("href");
  return href && [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === href);
}

function isInUse(region, fresh) {
  const chosen = getSelection();
  const active = document.activeElement;
  return (
    (!chosen.isCollapsed && region.contains(chosen.anchorNode)) ||
    [...region.querySelectorAll("textarea, input")].some((field) => field.value !== field.defaultValue) ||
    (region.contains(active) && !twin(active, fresh))
  );
}

function replace(region, other) {
  const fresh = other.cloneNode(true); // what is shown late is shown again
  const active = region.contains(document.activeElement) && twin(document.activeElement, fresh);
  for (const { name, value } of fresh.attributes) region.setAttribute(name, value);
  region.replaceChildren(...fresh.childNodes);
  if (active) active.focus({ preventScroll: true });
}

function show(page) {
  const fresh = page.querySelector("[data-live]");
  if (!fresh) return end();
  skew = Date.parse(fresh.dataset.now) - Date.now();
  document.title = page.title;
  late = null;
  for (const region of root.querySelectorAll("[data-region]")) {
    const other = fresh.querySelector(`[data-region="${region.dataset.region}"]`);
    if (!other) continue;
    if (isInUse(region, other)) late = page;
    else replace(region, other);
  }
  if (fresh.dataset.says !== root.dataset.says) {
    root.dataset.says = fresh.dataset.says;
    news.textContent = fresh.dataset.says;
  }
}

async function ask() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  const page = await fetched();
  asking = false;
  if (page) show(page);
  if (askAgain) {
    askAgain = false;
    ask();
  }
}

async function fetched() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null; // the server is away; the stream comes back when it does, and asks again
  }
}

// Nobody is logged in any more: what stands here stays, and stays as old as it is.
function end() {
  document.removeEventListener("visibilitychange", listenWhileSeen);
  stream.close();
  root.querySelector("[data-over]").hidden = false;
}

function listen() {
  stream = new EventSource(root.dataset.live);
  stream.onopen = ask;
  stream.onmessage = ask;
  stream.onerror = () => {
    if (stream.readyState !== EventSource.CLOSED) return;
    ask();
    setTimeout(() => document.hidden || stream.readyState !== EventSource.CLOSED || listen(), AGAIN_MS);
  };
}

function listenWhileSeen() {
  stream?.close();
  if (!document.hidden) listen();
}

function span(seconds) {
  if (seconds < 90) return `${Math.floor(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function tick() {
  if (document.hidden) return;
  for (const time of root.querySelectorAll("time")) {
    const past = (Date.now() + skew - Date.parse(time.dateTime)) / 1000;
    const words = past >= 0 ? `${span(past)} ago` : `in ${span(-past)}`;
    if (Math.abs(past) >= 1 && time.textContent !== words) time.textContent = words;
  }
}

if (root.dataset.page) history.replaceState(null, "", root.dataset.page); // else what was refused is sent again on reload
skew = Date.parse(root.dataset.now) - Date.now();
for (const event of ["focusout", "selectionchange"]) {
  document.addEventListener(event, () => setTimeout(() => late && show(late)));
}
document.addEventListener("visibilitychange", listenWhileSeen);
listenWhileSeen();
setInterval(tick, 5000);
