// What only the page itself can do for the kiosk: semantics, signs of life, and no way back to an ended visit.
(() => {
  'use strict';
  const YOUNG_MS = 5000;

  // A screen reader, and Playwright, find their way only in Flutter's semantics tree: switch it on at the first frame.
  window.addEventListener('flutter-first-frame', () => {
    const wake = () => {
      const placeholder = document.querySelector('flt-semantics-placeholder');
      if (placeholder) placeholder.click(); else setTimeout(wake, 50);
    };
    wake();
  }, { once: true });

  // A touch is answered by the host, 30 to 60 ms later, with another screen. Flutter would meanwhile draw the ripple of
  // the touch, which nobody can see (it is transparent): two whole pictures, 40 to 90 ms each where the processor draws,
  // that stand in the way of the answer. So pictures wait for it after a touch, but never long. And where a picture was
  // slow, the next one lets a turn pass, so that the first is seen, and the next touch heard, before it begins.
  const PRESSED_MS = 250;
  const ANSWER_MS = 150;
  const SLOW_MS = 20;
  const MOVED_PX = 12;
  const frame = window.requestAnimationFrame.bind(window);
  const asked = new Map();
  let number = 0;
  let held = 0;
  let awaited = false;
  let tired = false;
  let begun = 0;
  let from = { clientX: 0, clientY: 0 };
  const turn = (id) => frame((now) => {
    const paint = asked.get(id);
    if (!paint || held) return;  // taken back, or asked again by « draw »
    if (tired) {
      tired = false;
      turn(id);
      return;
    }
    asked.delete(id);
    begun = performance.now();
    paint(now);
  });
  window.requestAnimationFrame = (paint) => {
    number += 1;
    asked.set(number, paint);
    turn(number);
    return number;
  };
  window.cancelAnimationFrame = (id) => { asked.delete(id); };
  const draw = () => {
    clearTimeout(held);
    held = 0;
    awaited = false;
    tired = false;
    for (const id of asked.keys()) turn(id);
  };
  const hold = (event, most_ms) => {
    if (!event.target.closest?.('flt-semantics[flt-tappable]')) return;
    clearTimeout(held);
    held = setTimeout(draw, most_ms);
  };
  window.addEventListener('pointerdown', (event) => { from = event; hold(event, PRESSED_MS); }, true);
  window.addEventListener('click', (event) => hold(event, ANSWER_MS), true);
  window.addEventListener('pointermove', (event) => {
    if (held && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > MOVED_PX) draw();
  }, true);
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => {
        if (speaks(data)) wait_for_sound();
        else if (held && !awaited) setTimeout(draw);
      });
    }
  };

  // What is read aloud is heard before the picture of its button is drawn, which would keep it waiting as long.
  const SOUND_MS = 300;
  const SHORT_BYTES = 2000;
  const SAID = new TextEncoder().encode('/kiosk/said/');
  const speaks = (data) => {
    if (!(data instanceof ArrayBuffer) || data.byteLength > SHORT_BYTES) return false;
    const bytes = new Uint8Array(data);
    for (let at = bytes.indexOf(SAID[0]); at >= 0; at = bytes.indexOf(SAID[0], at + 1)) {
      if (SAID.every((byte, ahead) => bytes[at + ahead] === byte)) return true;
    }
    return false;
  };
  const wait_for_sound = () => {
    awaited = true;
    clearTimeout(held);
    held = setTimeout(draw, SOUND_MS);
  };
  const load = HTMLMediaElement.prototype.load;
  HTMLMediaElement.prototype.load = function () {
    if (awaited) this.addEventListener('playing', draw, { once: true });
    return load.call(this);
  };

  // The first sound of a page pays for the browser's own audio: half a second, which nobody is to wait for.
  const AWAKE_MS = 1000;
  const SILENCE = 'data:audio/wav;base64,UklGRiQAAABXQVZFZm10IBAAAAABAAEAIlYAAESsAAACABAAZGF0YQAAAAA=';
  const wake_sound = () => {
    const context = new AudioContext();
    const silence = new Audio(SILENCE);
    context.createMediaElementSource(silence);
    silence.addEventListener('error', () => context.close(), { once: true });
    silence.addEventListener('loadeddata', () => context.close(), { once: true });
  };

  // Our cover hides Flet's own waiting screens until ours is on the glass. Semantics come before the picture, which a
  // slow machine draws a second later: the first picture put up after them may still be Flet's, the second is ours.
  let ready = false;
  let pictures = 0;
  const uncover = () => {
    const cover = document.getElementById('cover');
    if (!cover) return;
    cover.remove();
    setTimeout(wake_sound, AWAKE_MS);
  };
  const glass = ImageBitmapRenderingContext.prototype;
  const put = glass.transferFromImageBitmap;
  glass.transferFromImageBitmap = function (picture) {
    put.call(this, picture);
    tired = performance.now() - begun > SLOW_MS;
    if (!ready) return;
    pictures += 1;
    if (pictures === 1) setTimeout(uncover, 1500);
    if (pictures === 2) frame(uncover);
  };
  const watch = new MutationObserver(() => {
    // A visit has buttons, the board of a wall screen headings only.
    if (!document.querySelector('flt-semantics-host :is([role="button"], h1)')) return;
    watch.disconnect();
    ready = true;
  });
  watch.observe(document, { subtree: true, childList: true, attributeFilter: ['role'] });
  setTimeout(uncover, 20000);

  // Once the renderer (WebAssembly) has trapped, nothing moves on the glass any more. The visit lives in the host: the
  // page opens again where it was. One that traps as soon as it opens waits a little, so as not to spin.
  const trapped = (error) => {
    if (!(error instanceof WebAssembly.RuntimeError)) return;
    setTimeout(() => location.reload(), performance.now() < YOUNG_MS ? YOUNG_MS : 0);
  };
  window.addEventListener('error', (event) => trapped(event.error));
  window.addEventListener('unhandledrejection', (event) => trapped(event.reason));

  // Signs of life: at most one every two seconds, bound to this page's own session on the host.
  let last = 0;
  const alive = () => {
    const now = Date.now();
    if (now - last < 2000) return;
    last = now;
    navigator.sendBeacon('/kiosk/activity', sessionStorage.getItem('_flet_session_id') || '');
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) {
    window.addEventListener(kind, alive, { capture: true, passive: true });
  }

  // Chromium's own tools stay closed. They cannot be forbidden to the whole machine: the guided window is driven by them.
  window.addEventListener('keydown', (event) => {
    const tools = event.key === 'F12' || (event.ctrlKey && event.shiftKey && 'IJCijc'.includes(event.key));
    if (tools) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  // What is read aloud stops at the next touch, wherever it is; the player has no place in the page. The host is told of
  // it when the finger is lifted, with the time at which it came down: by then it knows, or soon will, what was touched,
  // and what that touch itself began is younger. A reading that is older than the last touch is not heard any more, even
  // where its next sound is on the way already. The second tap of a double tap is no other touch.
  const TWICE_MS = 350;
  const TWICE_PX = 40;
  const heard = new Set();
  let down = { at: -TWICE_MS, x: 0, y: 0 };
  let touched_at = 0;
  let to_tell = false;
  const since = (sound) => Number(/\/kiosk\/said\/(\d+)-/.exec(sound.src)?.[1] ?? Infinity);
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (since(this) < touched_at) {
      to_tell = true;
      tell();
      return Promise.resolve();
    }
    heard.add(this);
    return play.call(this);
  };
  const hush = () => {
    touched_at = Date.now();
    to_tell = heard.size > 0;
    for (const sound of heard) {
      sound.pause();
      sound.removeAttribute('src');
      sound.load();
    }
    heard.clear();
  };
  const tell = () => {
    if (!to_tell) return;
    navigator.sendBeacon('/kiosk/hush', `${sessionStorage.getItem('_flet_session_id') || ''} ${touched_at}`);
    to_tell = false;
  };
  const quietly = { capture: true, passive: true };
  window.addEventListener('pointerdown', (event) => {
    const { at, x, y } = down;
    down = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    if (down.at - at > TWICE_MS || Math.hypot(down.x - x, down.y - y) > TWICE_PX) hush();
  }, quietly);
  window.addEventListener('keydown', (event) => { if (!event.repeat) hush(); }, quietly);
  window.addEventListener('click', ({ detail }) => {
    if (detail) return;  // of a finger, which came down before
    hush();  // of assistive technology, which touches nothing
    tell();
  }, quietly);
  for (const kind of ['pointerup', 'pointercancel', 'keyup']) window.addEventListener(kind, tell, quietly);

  window.addEventListener('contextmenu', (event) => event.preventDefault(), true);
  window.addEventListener('dragover', (event) => event.preventDefault(), true);
  window.addEventListener('drop', (event) => event.preventDefault(), true);

  // Chromium writes what stands in a field into its session file, to open the page again after a crash; not so where
  // the field is not to be completed by itself. Flutter makes fields, fills them and says « on » whenever it likes, with
  // and without the focus: each one is shut in the very task that made or changed it, before Chromium looks.
  const FIELDS = 'input, textarea';
  const shut = (field) => {
    if (field.getAttribute('autocomplete') !== 'off') field.setAttribute('autocomplete', 'off');
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target.matches?.(FIELDS)) shut(target);
      for (const node of addedNodes) {
        if (node.matches?.(FIELDS)) shut(node);
        node.querySelectorAll?.(FIELDS).forEach(shut);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['autocomplete'] });

  // A page brought back from the browser's memory belongs to a visit that has ended.
  window.addEventListener('pageshow', (event) => { if (event.persisted) location.replace('/fin'); });
})();
