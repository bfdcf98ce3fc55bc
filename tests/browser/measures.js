// What tests measure on a page as it is shown. Every function returns sentences about what is wrong: none is good.
({
  // What makes the page, or a part of it, scroll sideways; what is cut off with no sign of it.
  width() {
    const wrong = [];
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > room) wrong.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of this.shown("*")) {
      const style = getComputedStyle(element);
      if (this.sticksOut(element, room) && !this.sticksOut(element.parentElement, room)) wrong.push(`${this.name(element)} sticks out`);
      if (style.display === "inline" || element.matches("input") || element.scrollWidth <= element.clientWidth + 1) continue;
      const isCut = ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis";
      const scrolls = ["auto", "scroll"].includes(style.overflowX);
      if (isCut || scrolls) wrong.push(`${this.name(element)} ${isCut ? "is cut off" : "scrolls sideways"}`);
    }
    return wrong;
  },

  // What is too small for a finger. A link in the middle of a sentence may be as high as its line.
  touch(least) {
    return this.shown("a[href], button, input, select, textarea, summary, [role=button]").flatMap((element) => {
      if (this.isInSentence(element)) return [];
      const box = this.pressable(element).getBoundingClientRect();
      const fits = box.width >= least - 0.5 && box.height >= least - 0.5;
      return fits ? [] : [`${this.name(element)} is ${Math.round(box.width)} × ${Math.round(box.height)} px`];
    });
  },

  // Why the part that has the keyboard does not look like it, or is not to be seen.
  focus() {
    const element = document.activeElement;
    const isShown = [null, "::after"].some((part) => this.isOutlined(getComputedStyle(element, part)));
    const wrong = isShown ? [] : [`${this.name(element)} has the keyboard and does not show it`];
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(
      Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
      Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1),
    );
    if (!top || !(element.contains(top) || top.contains(element))) wrong.push(`${this.name(element)} has the keyboard under ${this.name(top)}`);
    return wrong;
  },

  // What moves though the reader has asked for rest.
  motion() {
    return document.getAnimations().map((one) => `${this.name(one.effect.target)} moves`);
  },

  sticksOut(element, room) {
    const box = element.getBoundingClientRect();
    return box.right > room + 0.5 || box.left < -0.5;
  },

  name(element) {
    if (!element) return "nothing";
    const words = (element.getAttribute("aria-label") || element.innerText || element.value || "").trim().replace(/\s+/g, " ");
    const kind = [element.tagName.toLowerCase(), ...element.classList].join(".");
    return `<${kind}> “${words.slice(0, 40)}”`;
  },

  // What is to be seen: not what is there for screen readers alone, nor what comes into the page with the keyboard only.
  shown(selector) {
    const all = [...document.body.querySelectorAll("*")];
    const unseen = all.filter((one) => getComputedStyle(one).clipPath === "inset(50%)" || one.matches(".skip:not(:focus)"));
    return [...document.body.querySelectorAll(selector)].filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && !unseen.some((one) => one.contains(element)),
    );
  },

  // What a press on is a press on this: the label of a box to tick, the row over which a link is spread.
  pressable(element) {
    if (getComputedStyle(element, "::after").position === "absolute") {
      let row = element;
      while (getComputedStyle(row).position === "static") row = row.parentElement;
      return row;
    }
    const label = element.matches("[type=checkbox], [type=radio]") && element.closest("label");
    return label || element;
  },

  isOutlined(style) {
    return style.outlineStyle === "auto" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  },

  isInSentence(element) {
    if (element.tagName !== "A" || getComputedStyle(element).display !== "inline") return false;
    return [...element.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  },
});
