// In the page's own world: paper goes through the terminal, and a call that goes on is told. The page could tell the
// same falsely; all it would gain is time, up to the limit of the window.
((conf) => {
  'use strict';
  const say = (name) => window.dispatchEvent(new Event(name));
  window.print = () => say(conf.print);
  if (!navigator.mediaDevices) return;
  const tracks = new Set();
  const calls = new Set();
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    for (const track of stream.getTracks()) tracks.add(track);
    return stream;
  };
  if (window.RTCPeerConnection) {
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct(plain, given, target) {
        const call = Reflect.construct(plain, given, target);
        calls.add(call);
        return call;
      },
    });
  }
  setInterval(() => {
    for (const track of tracks) if (track.readyState === 'ended') tracks.delete(track);
    for (const call of calls) if (call.connectionState === 'closed') calls.delete(call);
    if (tracks.size || [...calls].some((call) => call.connectionState === 'connected')) say(conf.live);
  }, 3000);
})(POINT_CONTACT_CONF);
