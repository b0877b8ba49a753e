/* Browsers start no worker from a file. The search needs one: here it runs in a hidden frame instead. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      const inner = frame.contentWindow;
      const script = inner.document.createElement("script");
      // what the worker posts goes to the page; what it imports is loaded by script elements
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      inner.importScripts = (...urls) => urls.reduce((before, each) => before.then(() => new Promise((done, fail) => {
        const element = inner.document.createElement("script");
        Object.assign(element, { src: each, onload: done, onerror: fail });
        inner.document.body.appendChild(element);
      })), Promise.resolve());
      script.src = url;
      this.ready = new Promise((done) => { script.onload = done; });
      inner.document.body.appendChild(script);
      this.inner = inner;
    }
    postMessage(data) {
      this.ready.then(() => this.inner.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {}
  };
}
