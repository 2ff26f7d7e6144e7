// Client of the server API.

/** Problem details as in RFC 9457. */
export class Problem extends Error {
  constructor(details) {
    super(details.title);
    this.title = details.title;
    this.code = details.code ?? 'failed';
    this.detail = details.detail ?? '';
    this.retryAfter = details.retryAfter ?? null;
    this.conversation = details.conversation ?? null;
    this.turn = details.turn ?? null;
    this.traceId = details.traceId ?? '';
    this.status = details.status ?? 0;
  }
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem({ code: 'offline', title: 'The server cannot be reached.', detail: 'Try again later.' });
  }

  if (response.ok) {
    return response.status === 204 ? null : await response.json();
  }

  const isProblem = response.headers.get('content-type')?.includes('problem+json');
  const retryAfter = Number(response.headers.get('retry-after')) || null;
  throw new Problem({ status: response.status, title: `The server answered ${response.status}.`, retryAfter, ...(isProblem ? await response.json() : {}) });
}

const pathTo = (id) => `conversations/${encodeURIComponent(id)}`;
const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
};

export const about = () => call('GET', 'about');
export const list = (title) => call('GET', `conversations${query({ title })}`);


/** Reads a conversation on the path through a turn. */
export const read = (id, turn) => call('GET', pathTo(id) + query({ turn }));

/** Reads one turn, with the title and the totals of its conversation. */
export const readTurn = (id, turn) => call('GET', `${pathTo(id)}/turns/${encodeURIComponent(turn)}`);
export const send = (id, message) => call('POST', id ? `${pathTo(id)}/messages` : 'conversations', message);
export const regenerate = (id, turn, options) => call('POST', `${pathTo(id)}/regenerate`, { turn, ...options });
export const fork = (id, turn) => call('POST', `${pathTo(id)}/fork`, { turn });
export const rename = (id, title) => call('PATCH', pathTo(id), { title });
export const compact = (id) => call('POST', `${pathTo(id)}/compact`);
export const remove = (id) => call('DELETE', pathTo(id));
export const removeTurn = (id, turn) => call('DELETE', `${pathTo(id)}/turns/${encodeURIComponent(turn)}`);
export const resumeTurn = (id, turn, keepPartial) => call('POST', `${pathTo(id)}/turns/${encodeURIComponent(turn)}/resume`, { keepPartial });
export const expire = (id) => call('POST', `${pathTo(id)}/expire`);
export const stop = (run) => call('POST', `runs/${run}/stop`);
export const resume = (run, keepPartial) => call('POST', `runs/${run}/resume`, { keepPartial });
export const dismiss = (run) => call('DELETE', `runs/${run}`);
export const endVisit = () => call('DELETE', 'visit');
export const exportAddress = (id, format) => `/api/${pathTo(id)}/export?format=${format}`;

/** Follows all events of a run, and reconnects after the last received event when the connection breaks. */
export function follow(run, handlers) {
  let source;
  let last = 0;
  let retry;
  let isClosed = false;
  const close = () => {
    isClosed = true;
    clearTimeout(retry);
    source.close();
  };
  const probe = async () => {
    const aborter = new AbortController();
    const answer = await fetch(`/api/runs/${run}/events?after=${last}`, { signal: aborter.signal }).catch(() => null);
    aborter.abort();
    if (isClosed) {
      return;
    }

    if (answer?.status === 404) {
      handlers.gone?.();
    } else {
      open();
    }
  };
  const open = () => {
    source = new EventSource(`/api/runs/${run}/events?after=${last}`);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        last = Number(event.lastEventId) || last;
        if (['done', 'failed', 'stopped'].includes(name)) {
          close();
        }

        handle(JSON.parse(event.data));
      });
    }

    source.addEventListener('error', () => {
      // The browser reconnects after a broken connection, but not after a response that is not an event stream.
      if (source.readyState === EventSource.CLOSED && !isClosed) {
        retry = setTimeout(probe, 2000);
      }
    });
  };
  open();
  return close;
}
