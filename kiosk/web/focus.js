// The way through a screen by keyboard alone, in the order in which it is read: header, content, action bar, dock.
// Flutter would go by what stands beside what, the dock between two answers, and through forty keys drawn on the glass.
(() => {
  'use strict';
  const NAME = 'flt-semantics-identifier';
  const HEAD = 'head', CONTENT = '', KEYS = 'keys', BAR = 'bar', DOCK = 'dock';  // kiosk/parts/frame.py
  const ORDER = [HEAD, CONTENT, KEYS, BAR, DOCK];
  const STOPS = 'flt-semantics-host :is([flt-tappable][tabindex="0"], input, textarea)';
  const FIELDS = 'input, textarea';
  const SETTLED_MS = 60;

  const place = (one) => ORDER.find((name) => name && one.closest(`[${NAME}="${name}"]`)) ?? CONTENT;
  // What is beside what is read from where the line begins: the tree of Flutter knows no direction here.
  const rtl = () => /[\u0600-\u06ff]/.test(title());
  const inLines = (found) => {
    const boxes = new Map(found.map((one) => [one, one.getBoundingClientRect()]));
    const lines = [];
    for (const one of [...found].sort((a, b) => boxes.get(a).top - boxes.get(b).top)) {
      const box = boxes.get(one), line = lines.at(-1), first = line && boxes.get(line[0]);
      if (first && box.top - first.top < Math.min(first.height, box.height) / 2) line.push(one);
      else lines.push([one]);
    }
    const leftward = rtl();
    return lines.flatMap((line) => {
      const turned = leftward && !line.some((one) => one.matches(FIELDS));  // fields stay from left to right
      const from = (one) => (turned ? -boxes.get(one).right : boxes.get(one).left);
      return line.sort((a, b) => from(a) - from(b));
    });
  };
  const within = (name) => inLines([...document.querySelectorAll(STOPS)].filter((one) => place(one) === name));
  const stops = () => ORDER.flatMap(within);
  const title = () => [...document.querySelectorAll('flt-semantics-host h1')].map((one) => one.textContent).join(' ');

  let byKeyboard = false;  // who touches the glass sees no focus wander
  let inField = false;
  let asked = false;  // assistive technology asks a button to act: no finger, no key
  let shown = '';
  let last = { name: CONTENT, at: 0 };
  let key = null;  // the drawn keys are one stop: the one used last

  // Flutter answers each step, a few steps late, by giving the focus once more to where it stood then.
  const give = HTMLElement.prototype.focus;
  const LATE_MS = 400;
  const left = new WeakMap();
  const go = (one) => {
    if (document.activeElement) left.set(document.activeElement, performance.now());
    left.delete(one);
    give.call(one);
  };
  HTMLElement.prototype.focus = function (...how) {
    const writing = document.activeElement?.matches(FIELDS) && !this.matches(FIELDS);
    const touched = !byKeyboard && (place(this) === KEYS || writing) || asked && writing;
    const late = performance.now() - (left.get(this) ?? -LATE_MS) < LATE_MS;
    if (!touched && !late) give.apply(this, how);
  };

  window.addEventListener('focusin', ({ target }) => {
    if (!target.matches?.(STOPS)) return;
    const name = place(target);
    last = { name, at: within(name).indexOf(target) };
    inField = target.matches(FIELDS);
    if (name === KEYS) key = target;
  }, true);

  const tab = (back) => {
    const drawn = within(KEYS);
    const only = drawn.includes(key) ? key : drawn[0];
    const way = stops().filter((one) => place(one) !== KEYS || one === only);
    if (!way.length) return;
    const here = way.indexOf(document.activeElement);
    const first = way.findIndex((one) => place(one) !== HEAD);
    const next = here < 0 ? Math.max(first, 0) : (here + (back ? -1 : 1) + way.length) % way.length;
    go(way[next]);
  };

  // Among the drawn keys by arrows: to the nearest one in that direction, most of all in the same line.
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const middle = (one) => {
    const box = one.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const move = (from, [right, down]) => {
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const one of within(KEYS)) {
      const [dx, dy] = [middle(one)[0] - x, middle(one)[1] - y];
      const along = dx * right + dy * down;
      const aside = Math.abs(dx * down) + Math.abs(dy * right);
      if (along > 1 && (down || aside < 10) && along + 2 * aside < least) [best, least] = [one, along + 2 * aside];
    }
    if (best) go(best);
  };

  window.addEventListener('keydown', (event) => {
    if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) byKeyboard = true;
    const here = document.activeElement;
    const arrow = ARROWS[event.key];
    if (event.key === 'Tab') tab(event.shiftKey);
    else if (arrow && here && place(here) === KEYS) move(here, arrow);
    else if (event.key === 'Escape') navigator.sendBeacon('/kiosk/escape', sessionStorage.getItem('_flet_session_id') || '');
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  // A touch on a drawn key is its click and nothing else. Flutter would also follow the finger, and where it is busy for
  // longer than a fifth of a second take one touch for two. The focus stays in the field: a physical keyboard goes on
  // there, and nothing has to be asked of the host for each letter.
  const FINGER = ['pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'touchstart', 'touchmove', 'touchend', 'mousedown'];
  for (const kind of FINGER) {
    window.addEventListener(kind, (event) => {
      if (kind === 'pointerdown') byKeyboard = false;
      const drawn = event.target.closest?.(`[${NAME}="${KEYS}"]`);
      if (drawn) event.stopPropagation();
      if (kind !== 'mousedown') return;
      if (drawn) stay(event); else keep(event);
    }, true);
  }
  const stay = (event) => {
    event.preventDefault();
    const fields = stops().filter((one) => one.matches(FIELDS));
    if (fields.length === 1 && document.activeElement !== fields[0]) go(fields[0]);
  };
  // A touch on a button leaves the focus in the field too, and so does the act of assistive technology. Were it to go to the button, and with « Il manque un chiffre »
  // back to the field before Flutter has drawn, Flutter would see no change and not take the field over again: what is
  // typed next would stand in the page and go nowhere, after a touch on the field as well.
  const keep = (event) => {
    if (!document.activeElement?.matches(FIELDS) || event.target.closest?.(FIELDS)) return;
    event.preventDefault();
    inField = false;
  };

  window.addEventListener('click', ({ detail, target }) => {
    asked = !detail && target !== document.activeElement;
    setTimeout(() => { asked = false; });
  }, true);

  // Where the focus went with what it stood on, or another screen has come, it stands on that screen's field, or else
  // on the first thing of its content.
  const settle = () => {
    const now = title();
    const here = document.activeElement;
    const all = stops();
    if (!now || !all.length) return;
    const another = now !== shown;
    shown = now;
    if (!byKeyboard && !inField) return;  // a field may be drawn anew under whoever types in it
    const ticked = here?.getAttribute('aria-checked') === 'true' && all.includes(here);
    if (another && !ticked) {
      const content = within(CONTENT);
      go(content.find((one) => one.matches(FIELDS)) ?? content[0] ?? within(BAR)[0] ?? all[0]);
    } else if (!all.includes(here)) {
      const near = within(last.name);
      go(near[last.at] ?? near[near.length - 1] ?? all[0]);
    }
  };
  let waiting = 0;
  new MutationObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(settle, SETTLED_MS);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ['tabindex'] });
})();
