// Our bar on a page of somebody else. Runs in a world of its own: the page sees an empty element and can call nothing.
// CONF (words, fonts, size) stands in the place of the name below; what changes comes by `pointContactBar.show`.
((conf) => {
  'use strict';
  const TELL = globalThis[conf.tell];
  const tell = (what, more) => TELL(JSON.stringify({ do: what, ...more }));
  const top_ = window === window.top;

  // Signs of life, of a person only: what a script makes is not trusted. At most one every two seconds.
  let last = 0;
  const alive = (event) => {
    if (!event.isTrusted || Date.now() - last < 2000) return;
    last = Date.now();
    tell('alive');
  };
  const LIFE = ['pointerdown', 'keydown', 'wheel', 'touchmove'];
  const heard = { capture: true, passive: true };
  const listenForLife = () => { for (const kind of LIFE) window.addEventListener(kind, alive, heard); };
  // The page's own world says that a call goes on, or that it wants paper, under names made for this window.
  const pageSays = () => {
    window.addEventListener(conf.live, () => tell('live'));
    window.addEventListener(conf.print, () => tell('print'));
  };
  listenForLife();
  pageSays();
  if (!top_) return;

  const W = conf.words;
  const translated = conf.language !== 'fr';
  const node = (tag, given = {}, children = []) => {
    const made = document.createElementNS('http://www.w3.org/1999/xhtml', tag);
    for (const [name, value] of Object.entries(given)) {
      if (name === 'press') made.addEventListener('click', (event) => { if (event.isTrusted) value(); });
      else if (name === 'text') made.textContent = value;
      else made.setAttribute(name, value);
    }
    for (const child of children) if (child) made.append(child);
    return made;
  };
  // Words and, under them, the French that they were made from: a pair [words, French or ''].
  const both = ([words, french]) => french
    ? [node('span', { text: words }), node('small', { class: 'french', lang: 'fr', dir: 'ltr', text: french })]
    : [node('span', { text: words })];
  // The room reads it, in French; then whoever called, in their language.
  const forTheRoom = ([words, french]) => french
    ? [node('span', { lang: 'fr', dir: 'ltr', text: french }), node('small', { class: 'own', text: words })]
    : both([words, french]);
  const together = ([words, french]) => (french ? `${words} ${french}` : words);
  const SVG = 'http://www.w3.org/2000/svg';
  const ICONS = {
    back: 'M20 12H5M11 5l-7 7 7 7', down: 'M12 4v13M6 11l6 7 6-7M4 21h16', up: 'M12 20V7M6 13l6-7 6 7M4 3h16',
    help: 'M12 3a9 9 0 1 0 .01 0M12 8a4 4 0 1 0 .01 0M5.7 5.7l3.4 3.4M14.9 14.9l3.4 3.4M18.3 5.7l-3.4 3.4M9.1 14.9l-3.4 3.4',
    finish: 'M14 4H5v16h9M10 12h11M17 7l5 5-5 5', check: 'M4 13l5 6L20 6', keys: 'M3 6h18v12H3zM7 10h.1M11 10h.1M15 10h.1M8 14h8',
    bell: 'M6 17v-6a6 6 0 0 1 12 0v6l2 2H4zM10 22h4', cross: 'M5 5l14 14M19 5L5 19',
    hand: 'M8 12V5.5a1.5 1.5 0 0 1 3 0V11M11 10V3.8a1.5 1.5 0 0 1 3 0V11M14 10V5.5a1.5 1.5 0 0 1 3 0V12M17 9.5a1.5 1.5 0 0 1 3 0V14a7.5 7.5 0 0 1-7.5 7.5c-3 0-4.5-1.2-6-3.3l-3.3-4.7a1.6 1.6 0 0 1 2.5-2L8 14',
    erase: 'M21 5H9l-6 7 6 7h12zM12 9l6 6M18 9l-6 6', again: 'M20 12a8 8 0 1 1-3-6.2M20 3v5h-5', paper: 'M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z',
  };
  const TURNED = ['back', 'finish', 'erase'];  // what points along the line
  const icon = (name) => {
    const drawn = document.createElementNS(SVG, 'svg');
    if (TURNED.includes(name)) drawn.setAttribute('class', 'turned');
    drawn.setAttribute('viewBox', '0 0 24 24');
    drawn.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(SVG, 'path');
    line.setAttribute('d', ICONS[name]);
    drawn.append(line);
    return drawn;
  };

  // Sizes: millimetres of this screen, as in the kiosk (20 mm a target; 15 mm on a small screen).
  const tall = Math.min(window.innerWidth, window.innerHeight) >= 1000;
  const perMm = Math.hypot(window.innerWidth, window.innerHeight) / (conf.diagonal_in * 25.4);
  const touch = Math.round(Math.max(64, perMm * (tall ? 20 : 15)));
  const upright = window.innerHeight > window.innerWidth;
  const narrow = window.innerWidth < touch * 17;
  const wide = translated && !upright;  // two languages on a low screen: long lines instead of many
  const pad = Math.round(touch * 0.1);
  const high = Math.round(touch * (narrow && translated ? 1.45 : 1));  // a picture and two languages, one over the other
  const bar = high + 2 * pad + 5;
  const text = Math.round(Math.max(24, touch * 0.33));

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{all:initial!important;position:fixed!important;inset:0!important;width:auto!important;height:auto!important;
      margin:0!important;padding:0!important;border:0!important;background:none!important;pointer-events:none!important;
      display:block!important;overflow:visible!important;max-width:none!important;max-height:none!important;opacity:1!important;
      visibility:visible!important;transform:none!important;filter:none!important;clip-path:none!important}
    *{box-sizing:border-box;font-family:'Point Contact','Atkinson Hyperlegible Next','Atkinson Hyperlegible',sans-serif}
    .bar{pointer-events:auto;position:absolute;left:0;right:0;height:${bar}px;background:#0B3B45;color:#fff;
      display:flex;align-items:center;gap:${pad * 1.5}px;padding:${pad}px ${pad * 2}px ${pad + 5}px;z-index:2}
    .top .bar{top:0;box-shadow:0 4px 0 #06262d}.bottom .bar{bottom:0;box-shadow:0 -4px 0 #06262d}
    .where{flex:1;min-width:0;display:flex;flex-direction:column;font-size:${Math.round(text * 0.8)}px;line-height:1.2;color:#DCEBEA}
    .where b{font-weight:600;font-size:${text}px;color:#fff;overflow-wrap:anywhere}
    .left{font-weight:600;font-size:${Math.round(text * 0.9)}px;color:#FFF0C2;text-align:center}
    button{pointer-events:auto;appearance:none;cursor:pointer;min-height:${touch}px;min-width:${touch}px;padding:0 ${pad * 2}px;border-radius:${Math.round(touch * 0.25)}px;
      border:3px solid #fff;background:#0B3B45;color:#fff;box-shadow:0 5px 0 #fff;font-size:${text}px;font-weight:600;line-height:1.1;
      display:flex;align-items:center;justify-content:center;gap:${pad * 1.2}px;text-align:start;touch-action:manipulation}
    button:active{transform:translateY(5px);box-shadow:none}
    button:focus-visible{outline:4px solid #fff;outline-offset:3px}
    svg{flex:none;width:${Math.round(text * 1.25)}px;height:${Math.round(text * 1.25)}px;fill:none;stroke:currentColor;stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}
    .french{display:block;font-size:.74em;font-weight:400;line-height:1.2}button .french{margin-top:.12em}.narrow .quiet .french{font-size:.84em}.flag h2 .french{font-weight:600;font-size:.9em}.own{display:block;font-size:.62em;margin-top:.2em}
    [dir=rtl] .turned{transform:scaleX(-1)}[dir=rtl] button,[dir=rtl] .where{line-height:1.3}[dir=rtl] p,[dir=rtl] h1{line-height:1.4;letter-spacing:0}[dir=rtl] .flag :is(h1,h2){line-height:1.2}[dir=rtl] .own{line-height:1.4}
    [dir=rtl] .narrow .quiet{line-height:1.2}[dir=rtl] .french{line-height:1.25;text-align:right}[dir=rtl] :is(.narrow .quiet,.flag,.deep,.left) .french{text-align:center}[dir=rtl] :is(.flag,.deep) .answers .french{text-align:right}
    .white{background:#fff;color:#0E4A56;box-shadow:0 5px 0 #8FBDC0}
    .narrow button{min-height:${high}px}.narrow .quiet{padding:0;gap:0;flex-direction:column;font-size:${Math.round(text * 0.66)}px;text-align:center;width:${Math.round(touch * (translated ? 1.78 : 1.62))}px}
    .panel{pointer-events:auto;position:absolute;left:0;right:0;background:#F6F4EF;color:#14262C;overflow:auto;z-index:1;
      display:flex;flex-direction:column;align-items:center;justify-content:safe center;padding:${touch * 0.4}px}
    .top .panel{top:${bar}px;bottom:0}.bottom .panel{top:0;bottom:${bar}px}
    .panel.deep{background:#0B3B45;color:#fff}
    .panel.whole{top:0!important;bottom:0!important;z-index:3}
    .sheet{width:min(100%,${Math.round(touch * (wide ? 19 : 11))}px);display:flex;flex-direction:column;gap:${touch * (tall ? (wide ? 0.2 : 0.28) : wide ? 0.12 : 0.18)}px}
    h1{margin:0;font-size:${Math.round(text * (tall ? 2 : 1.5))}px;line-height:1.1;font-weight:600;letter-spacing:-.012em;text-wrap:balance}
    p{margin:0;font-size:${Math.round(text * (tall ? 1.15 : 1))}px;line-height:${tall ? 1.4 : 1.3};text-wrap:pretty}
    .deep p{color:#DCEBEA}
    .numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(${Math.round(touch * (wide ? 3.8 : tall ? 4.6 : 4))}px,1fr));gap:${pad}px ${pad * 2}px;margin:0;padding:${touch * 0.25}px;background:#FBE1D5;color:#0B3B45;border-radius:${Math.round(touch * 0.3)}px}
    .numbers div{display:flex;align-items:baseline;gap:${pad * 2}px;font-size:${text}px;line-height:1.25}
    .numbers b{flex:none;min-width:${Math.round(text * 2.1)}px;font-size:${Math.round(text * 1.35)}px;font-weight:600}
    .answers{display:flex;flex-wrap:wrap;gap:${touch * 0.25}px;position:sticky;bottom:${-touch * 0.4}px;background:#F6F4EF;padding:${touch * 0.15}px 0 ${touch * 0.35}px}.deep .answers{background:none}
    .answers button{flex:1 1 ${Math.round(touch * 4)}px;min-height:${Math.round(touch * 1.25)}px;font-size:${Math.round(text * 1.15)}px;justify-content:space-between}
    .panel button{background:#F6F4EF;color:#0E4A56;border-color:#6E7F83;box-shadow:0 5px 0 #6E7F83}
    .panel button:active{box-shadow:none}
    .panel.deep button{background:#0B3B45;color:#fff;border-color:#fff;box-shadow:0 5px 0 #fff}
    .panel .main{background:#0E4A56;color:#fff;border-color:#0E4A56;box-shadow:0 8px 0 #06262d}
    .panel.deep .main{background:#fff;color:#0E4A56;border-color:#fff;box-shadow:0 8px 0 #8FBDC0}
    .point{flex:none;width:${Math.round(touch * 0.85)}px;height:${Math.round(touch * 0.85)}px;border-radius:50%;background:#FFC933;color:#14262C;display:flex;align-items:center;justify-content:center}
    .panel.flag,.flag .answers{background:#FBE1D5;color:#0B3B45}
    .flag .sheet{text-align:center}.flag h1{font-size:${Math.round(text * (tall ? (upright ? 4 : 3) : 2))}px}.flag h2{margin:0;font-size:${Math.round(text * 1.6)}px;font-weight:600}
    .hand{align-self:center;flex:none;width:${Math.round(touch * (tall ? (upright ? 4 : 1.8) : wide ? 0.9 : 1.3))}px;aspect-ratio:1;border-radius:50%;background:#0B3B45;color:#FBE1D5;display:flex;align-items:center;justify-content:center}
    .hand svg{width:62%;height:62%;stroke-width:2}
    .deep .sheet{text-align:center;gap:${touch * 0.5}px}
    .count{align-self:center;width:${touch * 3}px;height:${touch * 3}px;border-radius:50%;border:${Math.round(touch * 0.28)}px solid #17606D;display:flex;flex-direction:column;align-items:center;justify-content:center;font-size:${Math.round(text * 2.6)}px;font-weight:600;line-height:1}
    .count small{font-size:${Math.round(text * 0.8)}px;color:#DCEBEA;font-weight:400}
    .keys{pointer-events:auto;position:absolute;left:0;right:0;background:#E9E4DA;padding:${pad * 1.5}px;display:flex;flex-direction:column;gap:${Math.round(perMm * 2.4)}px;z-index:1}
    .top .keys{bottom:0}.bottom .keys{bottom:${bar}px}
    .keys div{display:flex;gap:${Math.round(perMm * 2.4)}px;justify-content:center}
    .keys button{flex:1 1 0;min-width:0;max-width:${Math.round(touch * 1.5)}px;min-height:${Math.round(touch * 0.86)}px;padding:0;background:#fff;color:#14262C;border:2px solid #CFC7B8;box-shadow:0 5px 0 #857C6C;border-radius:${Math.round(perMm * 4)}px}
    .keys .wide{flex:2.2 1 0;max-width:${Math.round(touch * 3)}px}.keys .space{flex:6 1 0;max-width:none}
    .keys .on{background:#0E4A56;color:#fff}
  `);
  const room = new CSSStyleSheet();
  const host = node('div', { popover: 'manual', lang: conf.language, translate: 'no' });
  const shadow = host.attachShadow({ mode: 'closed' });
  shadow.adoptedStyleSheets = [sheet];
  const frame = node('div', { class: 'top', dir: conf.rtl ? 'rtl' : 'ltr' });
  shadow.append(frame);

  // Given as bytes, so that no rule of the page on fonts is asked.
  for (const [weight, unicodeRange, data] of conf.fonts) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const face = new FontFace('Point Contact', bytes, { weight, unicodeRange });
    face.load().then(() => document.fonts.add(face), () => {});
  }

  let state = { edge: conf.edge, host: null, back: false, left: ['', ''], panel: '', seconds: 0, lines: [], numbers: [], calls: '', place: ['', ''] };
  let shift = false;
  let digits = false;
  let field = null;
  let hidden = false;
  const FIELDS = 'input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=file],[type=range],[type=color],[type=date],[type=image],[type=reset]),textarea,[contenteditable=""],[contenteditable=true]';

  const words = (key) => node('span', { class: 'words' }, both(W[key]));
  const button = (key, name, what, kind = 'quiet', more = {}) =>
    node('button', { type: 'button', class: kind, press: () => tell(what, more) }, [icon(name), words(key)]);

  const drawBar = () => {
    const lines = state.host
      ? [node('span', {}, state.host[1] ? [W['bar.where'][0]] : both(W['bar.where'])),
        node('b', {}, state.host[1] ? both(state.host) : [node('bdi', { text: state.host[0] })])]
      : [node('b', {}, both(W['bar.nowhere']))];
    return node('div', { class: narrow ? 'bar narrow' : 'bar', role: 'toolbar', 'aria-label': together(W['bar.name']) }, [
      state.back && button('bar.back', 'back', 'back'),
      node('div', { class: 'where' }, lines),
      state.left[0] && node('div', { class: 'left' }, both(state.left)),
      button(state.edge === 'top' ? 'bar.to_bottom' : 'bar.to_top', state.edge === 'top' ? 'down' : 'up', 'edge'),
      field && hidden && node('button', { type: 'button', class: 'quiet', press: () => { hidden = false; draw(); } }, [icon('keys'), words('bar.keyboard')]),
      button('bar.help', 'help', 'help'),
      button('bar.finish', 'finish', 'finish', 'white'),
    ]);
  };

  const ANSWERS = {
    finish: [['finish.no', 'back', 'close_panel'], ['finish.yes', 'finish', 'finish_yes', 'main']],
    help: [['close_panel', 'check', 'close_panel', 'main']],
    help_can: [['close_panel', 'back', 'close_panel'], ['call.ask', 'bell', 'call', 'main']],
    help_on: [['help.close', 'check', 'close_panel', 'main']],
    call: [['call.cancel', 'cross', 'call_over'], ['call.ring', 'bell', 'ring'], ['call.found', 'check', 'call_over', 'main']],
    unreachable: [['unreachable.retry', 'again', 'retry', 'main']],
    document: [['close_panel', 'back', 'close_panel'], ['print.do', 'paper', 'print_document', 'main']],
    idle: [['idle.yes', 'check', 'answer', 'main']],
    printing: [],
  };
  const answer = ([key, name, what, main]) => main
    ? node('button', { type: 'button', class: 'main', press: () => tell(what) }, [words(key), node('span', { class: 'point' }, [icon(name)])])
    : node('button', { type: 'button', press: () => tell(what) }, [words(key), icon(name)]);

  const unit = () => W[state.seconds === 1 ? 'idle.second' : 'idle.seconds'];
  const drawPanel = () => {
    const idle = state.panel === 'idle';
    const flag = state.panel === 'call';
    const rows = flag ? [node('div', { class: 'hand' }, [icon('hand')])] : [];
    if (idle) {
      rows.push(node('div', { class: 'count' }, [node('span', { text: String(state.seconds) }),
        node('small', { class: 'unit' }, both(unit()))]));
    }
    rows.push(node('h1', { id: 'title', tabindex: '-1' }, (flag ? forTheRoom : both)(W[`${state.panel}.title`])));
    if (state.place[0]) rows.push(node('h2', {}, both(state.place)));
    if (state.numbers.length) {
      rows.push(node('p', {}, both(W['help.urgent'])));
      rows.push(node('div', { class: 'numbers' }, state.numbers.map(([number, said]) =>
        node('div', {}, [node('b', { text: number, dir: 'ltr' }), node('span', { dir: 'auto' }, both(said))]))));
    }
    for (const line of state.lines) rows.push(node('p', flag ? { role: 'status' } : {}, both(line)));
    const answers = ANSWERS[state.panel === 'help' && state.calls ? `help_${state.calls}` : state.panel] || [['close_panel', 'check', 'close_panel', 'main']];
    rows.push(node('div', { class: 'answers' }, answers.map(answer)));
    return node('div', { class: `panel${idle ? ' deep whole' : flag ? ' flag' : ''}`, role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'title' },
      [node('div', { class: 'sheet' }, rows)]);
  };

  // The keyboard of a place that has none: its keys are pressed by the terminal, so that the page believes them.
  const LETTERS = ['éèàçêù@.', 'azertyuiop', 'qsdfghjklm', 'wxcvbn’-_'];
  const DIGITS = ['1234567890', '@.,;:/-_+', '()!?’"&=%€', '#*âîôûëï'];
  const key = (label, what, kind = '') => {
    const made = node('button', { type: 'button', class: kind, 'aria-label': what.name || label }, [ICONS[label] ? icon(label) : node('span', { text: label })]);
    made.addEventListener('pointerdown', (event) => event.preventDefault());  // the page's field keeps the focus
    made.addEventListener('click', (event) => { if (event.isTrusted) what.press(); });
    return made;
  };
  const typed = (letter) => key(shift ? letter.toUpperCase() : letter, { press: () => {
    tell('type', { text: letter === '’' ? "'" : shift ? letter.toUpperCase() : letter });
    if (shift) { shift = false; draw(); }
  } });
  const pressed = (name) => ({ name: W[`key.${name}`][0], press: () => tell('press', { key: name }) });
  const drawKeys = () => {
    const rows = (digits ? DIGITS : LETTERS).map((row) => [...row].map(typed));
    rows[3].unshift(key(W['key.shift'][0], { press: () => { shift = !shift; draw(); } }, shift ? 'wide on' : 'wide'));
    rows[3].push(key('erase', pressed('Backspace'), 'wide'));
    rows.push([
      key(W[digits ? 'key.letters' : 'key.digits'][0], { press: () => { digits = !digits; shift = false; draw(); } }, 'wide'),
      key(W['key.hide'][0], { press: () => { hidden = true; draw(); } }, 'wide'),
      key(W['key.space'][0], { press: () => tell('type', { text: ' ' }) }, 'space'),
      key(W['key.next'][0], pressed('Tab'), 'wide'),
      key(W['key.enter'][0], pressed('Enter'), 'wide'),
    ]);
    return node('div', { class: 'keys', dir: 'ltr', role: 'group', 'aria-label': together(W['bar.keyboard']) }, rows.map((row) => node('div', {}, row)));
  };

  let drawn = '';
  const draw = () => {
    frame.className = state.edge;
    const typing = field && !hidden && !state.panel;
    const keys = typing ? drawKeys() : null;
    const before = drawn;
    drawn = state.panel;
    const parts = [drawBar(), keys, state.panel ? drawPanel() : null].filter(Boolean);
    // A countdown redraws its figures only: a button that is being pressed must not be taken away under the finger.
    const counted = before === 'idle' && drawn === 'idle' && shadow.querySelector('.count span');
    if (counted) {
      counted.textContent = String(state.seconds);
      shadow.querySelector('.count .unit').replaceChildren(...both(unit()));
      return;
    }
    frame.replaceChildren(...parts);
    if (state.panel && before !== state.panel) shadow.getElementById('title')?.focus();
    const below = keys ? keys.offsetHeight : 0;
    const [above, under] = state.edge === 'top' ? [bar, below] : [0, bar + below];
    room.replaceSync(`html{margin-top:${above}px!important;margin-bottom:${under}px!important;scroll-padding:${above}px 0 ${under}px!important${state.panel ? ';overflow:hidden!important' : ''}}`);
    if (typing && below) field.scrollIntoView?.({ block: 'center' });
  };

  const focused = (event) => {
    const at = event.composedPath()[0];
    if (at === host || host.contains(at)) return;
    const found = conf.keyboard && at.matches?.(FIELDS) && !at.readOnly && !at.disabled ? at : null;
    if (found !== field) { field = found; hidden = false; draw(); }
  };
  const left = () => setTimeout(() => {
    if (field && document.activeElement !== field && document.activeElement !== host) { field = null; draw(); }
  }, 150);
  const shortcut = (event) => {
    if (/^F\d+$/.test(event.key)) { event.preventDefault(); event.stopImmediatePropagation(); }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const name = event.key.toLowerCase();
    if (name === 'p' && event.isTrusted) tell('print');
    if (!['a', 'c', 'v', 'x', 'z', 'y'].includes(name)) { event.preventDefault(); event.stopImmediatePropagation(); }
  };
  const noMenu = (event) => event.preventDefault();

  let watched = null;
  const below = new MutationObserver(() => stand());
  const stand = () => {
    listenForLife();  // a page that writes itself anew (document.open) drops every listener; a second one is not added
    document.addEventListener('focusin', focused, true);
    document.addEventListener('focusout', left, true);
    window.addEventListener('keydown', shortcut, true);
    window.addEventListener('contextmenu', noMenu, true);
    if (!document.documentElement) return;
    if (watched !== document.documentElement) {
      // document.open takes the listeners of everything that stood in the page, the bar's own included: drawn anew.
      if (watched) draw();
      watched = document.documentElement;
      below.observe(watched, { childList: true });
    }
    // A page's modal dialog makes everything outside it deaf: then the bar stands inside.
    const home = [...document.querySelectorAll('dialog:modal')].pop() || document.documentElement;
    if (host.parentNode !== home) home.append(host);
    if (!host.matches(':popover-open')) host.showPopover();
    const at = frame.firstChild?.getBoundingClientRect();
    if (at && document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2) !== host) { host.hidePopover(); host.showPopover(); }
    if (!document.adoptedStyleSheets.includes(room)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, room];
    if (host.style.cssText) host.removeAttribute('style');
    if (host.className) host.removeAttribute('class');
  };
  new MutationObserver(stand).observe(document, { childList: true, subtree: false });
  setInterval(stand, 300);

  // A sound of the kiosk, note by note as kiosk/chime.py makes it: no rule of the page on what it loads is asked.
  const play = (C) => {
    const speaker = new AudioContext();
    const sound = speaker.createBuffer(1, C.whole * C.rate, C.rate);
    const samples = sound.getChannelData(0);
    for (const [begins, pitch] of C.notes) {
      for (let at = 0; at < C.note * C.rate; at += 1) {
        const since = at / C.rate;
        const swell = C.loud * Math.min(1, since / C.rise) * Math.exp(-C.fades * since);
        const wave = C.partials.reduce((sum, [times, loud]) => sum + loud * Math.sin(2 * Math.PI * pitch * times * since), 0);
        samples[Math.round(begins * C.rate) + at] += swell * wave;
      }
    }
    const played = speaker.createBufferSource();
    played.buffer = sound;
    played.connect(speaker.destination);
    played.onended = () => speaker.close();
    played.start();
  };

  globalThis.pointContactBar = { show: (news) => { state = { ...state, ...news }; draw(); stand(); }, ring: () => play(conf.chime), ask: () => play(conf.question) };
  draw();
  stand();
  tell('hello');
  // A page taken back out of the browser's memory shows what was true when it was left.
  window.addEventListener('pageshow', (event) => { if (event.persisted) tell('hello'); });
})(POINT_CONTACT_CONF);
