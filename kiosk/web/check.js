// Camera, microphone, sound: tried one by one, each with its own words. Nothing is kept, and the policy of this page
// leaves it no way to send anything.
(() => {
  'use strict';
  const drawn = JSON.parse(document.getElementById('drawn').textContent);
  const REFUSED = {
    NotFoundError: 'none', OverconstrainedError: 'none', NotAllowedError: 'refused', SecurityError: 'refused',
    NotReadableError: 'taken', AbortError: 'taken',
  };
  const HEARD = 0.02, HEARD_TIMES = 6, FULL = 0.25, BUSY_MS = 1500, SMALL_MM = 170, MM_PER_INCH = 25.4;

  // The same sizes as on the kiosk's own screens: millimetres of glass, and the visitor's step of text.
  const measure = () => {
    const root = document.documentElement;
    const [wide, high] = [window.screen.width, window.screen.height];
    const mm = Math.max(0.5, Math.hypot(wide, high) / (drawn.diagonal_in * MM_PER_INCH));
    const sizes = drawn.sizes_mm[Math.min(wide, high) / mm < SMALL_MM ? 1 : 0];
    root.style.setProperty('--mm', `${mm * (Math.min(wide, high) / mm < SMALL_MM ? 0.62 : 1)}px`);
    for (const [role, size] of Object.entries(sizes)) root.style.setProperty(`--${role}`, `${size * mm}px`);
    for (const [name, colour] of Object.entries(drawn.colours)) root.style.setProperty(`--${name}`, colour);
    // The bar of the window (kiosk/window/bar.js) takes so much of the height: the rest is filled, and no more.
    const touch = Math.max(64, mm * (Math.min(wide, high) >= 1000 ? 20 : 15));
    const narrow = wide < touch * 17;
    root.style.setProperty('--bar', `${touch * (narrow && drawn.translated ? 1.65 : 1.2) + 5}px`);
    root.classList.toggle('contrast', drawn.contrast);
    root.classList.toggle('translated', drawn.translated);
  };

  const make = (kind, set = {}, ...inside) => {
    const made = Object.assign(document.createElement(kind), set);
    made.append(...inside);
    return made;
  };
  // Words and, in another language, the French that they were made from under them.
  const words = (key) => {
    const [own, french] = drawn.words[`check.${key}`];
    const said = [make('span', { textContent: own })];
    if (french) said.push(make('small', { className: 'french', lang: 'fr', dir: 'ltr', textContent: french }));
    return said;
  };
  const button = (key, act, className = '') => {
    const made = make('button', { type: 'button', className }, make('span', { className: 'words' }, ...words(key)));
    made.addEventListener('click', act);
    return made;
  };
  // What is said of one thing, and read aloud by a screen reader when it changes.
  const sentence = () => {
    const line = make('p', { className: 'said' });
    line.setAttribute('role', 'status');
    const say = (key, look = '') => { line.replaceChildren(...words(key)); line.className = `said ${look}`; };
    return { line, say };
  };
  const section = (key, ...inside) => make('section', { className: 'test' }, make('h2', {}, ...words(key)), ...inside);

  // One device: asked for by itself, so that the words are about it alone; asked again when one is plugged in.
  const device = (name, wanted, told, start) => {
    let stream = null;
    const again = button('retry', () => ask());
    again.hidden = true;
    const ask = async () => {
      again.hidden = true;
      told.say('asking');
      if (stream) for (const track of stream.getTracks()) track.stop();
      stream = null;
      try {
        stream = await navigator.mediaDevices.getUserMedia(wanted);
        for (const track of stream.getTracks()) track.addEventListener('ended', () => fail('failed'));
        await start(stream);
      } catch (error) {
        fail(REFUSED[error && error.name] || 'failed');
      }
    };
    const fail = (how) => {
      told.say(`${name}.${how}`, 'bad');
      again.hidden = false;
    };
    return { again, ask, works: () => stream !== null && stream.active && again.hidden };
  };

  const camera = () => {
    const told = sentence();
    const mirror = make('video', { className: 'mirror', muted: true, autoplay: true, playsInline: true });
    mirror.setAttribute('aria-hidden', 'true');
    const one = device('camera', { video: true }, told, async (stream) => {
      mirror.srcObject = stream;
      await mirror.play();
      told.say('camera.good', 'good');
    });
    return { ...one, shown: section('camera', mirror, told.line, one.again) };
  };

  const microphone = (sounds) => {
    const told = sentence();
    const bar = make('i');
    const level = make('div', { className: 'level' }, bar);
    level.setAttribute('aria-hidden', 'true');
    let from = null, heard = 0, good = false;
    const ear = sounds.createAnalyser();
    const wave = new Float32Array(ear.fftSize);
    const listen = () => {
      ear.getFloatTimeDomainData(wave);
      const loud = Math.sqrt(wave.reduce((sum, at) => sum + at * at, 0) / wave.length);
      bar.style.width = `${Math.min(100, (100 * loud) / FULL)}%`;
      heard = loud > HEARD ? heard + 1 : heard;
      if (!good && heard >= HEARD_TIMES) {
        good = true;
        told.say('microphone.good', 'good');
      }
      if (from) requestAnimationFrame(listen);
    };
    const one = device('microphone', { audio: true }, told, async (stream) => {
      if (from) from.disconnect();
      from = sounds.createMediaStreamSource(stream);
      from.connect(ear);
      await sounds.resume();
      good = false;
      heard = 0;
      told.say('microphone.speak');
      requestAnimationFrame(listen);
    });
    return { ...one, shown: section('microphone', level, told.line, one.again) };
  };

  const sound = (sounds) => {
    const told = sentence();
    const yes = button('yes', () => { told.say('sound.good', 'good'); asks(play); });
    const no = button('no', () => { told.say('sound.bad', 'bad'); asks(play); });
    const answers = make('div', { className: 'answers' });
    const asks = (...shown) => answers.replaceChildren(...shown);
    const play = button('play', async () => {
      await sounds.resume();
      const begin = sounds.currentTime + 0.05;
      [523.25, 659.25, 783.99].forEach((hertz, at) => {
        const [tone, strength] = [sounds.createOscillator(), sounds.createGain()];
        tone.frequency.value = hertz;
        strength.gain.setValueAtTime(0, begin + at * 0.35);
        strength.gain.linearRampToValueAtTime(0.35, begin + at * 0.35 + 0.04);
        strength.gain.linearRampToValueAtTime(0, begin + at * 0.35 + 0.34);
        tone.connect(strength).connect(sounds.destination);
        tone.start(begin + at * 0.35);
        tone.stop(begin + at * 0.35 + 0.36);
      });
      told.say('sound.heard');
      asks(play, yes, no);
    });
    told.say('sound.ask');
    asks(play);
    return section('sound', told.line, answers);
  };

  measure();
  window.addEventListener('resize', measure);
  const sounds = new AudioContext();
  const [eye, voice] = [camera(), microphone(sounds)];
  document.querySelector('main').append(
    make('header', {}, make('h1', {}, ...words('title')),
      make('p', { className: 'private' }, ...words('private'))),
    make('div', { className: 'tests' }, eye.shown, voice.shown, sound(sounds)),
    button('done', () => { location.hash = 'fini'; }, 'primary'),
  );
  const ask = async () => {
    for (const one of [eye, voice]) if (!one.works()) await one.ask();
  };
  let soon = 0;
  navigator.mediaDevices.addEventListener('devicechange', () => {
    clearTimeout(soon);
    soon = setTimeout(ask, BUSY_MS);
  });
  ask();
})();
