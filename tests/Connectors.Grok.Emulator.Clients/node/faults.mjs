// The expected result of each fault: an error with a status, an error without one, or the normal answer.
export const errors = {
  'rate-limited; retry-after=1': 429, 'at-capacity': 429, 'overloaded': 529, 'quota-exceeded': 429, 'free-usage-exhausted': 429, 'spending-limit': 429, 'credits-used': 403, 'no-credits': 403,
  'access-denied': 403, 'content-policy': 403, 'bad-credentials': 403, 'payment-required': 402, 'server-error': 500, 'unavailable': 503, 'html; status=522': 522,
  'plain-text': 503, 'nested': 503, 'error-only': 503, 'json-string': 503, 'double-encoded': 503,
  'unauthorized-expired; times=99': 401, 'nested-param; param=store': 400, 'array': 503,
};
export const failing = ['error-first', 'untyped-error', 'nested-error', 'error-event', 'at-capacity-event', 'error-object', 'cut', 'end', 'failed'];
export const harmless = ['empty-final-output', 'keep-alives', 'data-only', 'unknown-events', 'done', 'json-answer', 'large-events', 'gzip', 'wrong-content-type', 'young-id'];

export function must(condition, message) {
  if (!condition) throw new Error(message);
}

export const within = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: not finished within a minute`)), 60_000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// Runs every check and prints each result as a line of JSON.
export async function run(client, checks) {
  for (const [check, body] of Object.entries(checks)) {
    let result = { client, check, ok: true, note: '' };
    try {
      await within(body(), check);
    } catch (failure) {
      result = { client, check, ok: false, note: String(failure?.message ?? failure).split('\n')[0].slice(0, 200) };
    }
    console.log(JSON.stringify(result));
  }
}

// Creates the checks of faults. ask(fault) streams an answer with that fault and returns its text, or throws the error of the client.
export function faultChecks(ask, statusOf) {
  const checks = {};
  for (const [fault, status] of Object.entries(errors)) {
    checks[`fault: ${fault.split(';')[0]}`] = async () => {
      const error = await ask(fault).then(() => null, error => error);
      must(error, 'no error is raised');
      must(statusOf(error) === status, `status ${statusOf(error)} instead of ${status}: ${error.message}`);
    };
  }
  for (const fault of failing) {
    checks[`fault: ${fault}`] = async () => must(await ask(fault).then(() => null, error => error), 'no error is raised');
  }
  for (const fault of harmless) {
    checks[`fault: ${fault}`] = async () => must(/2 \+ 2 equals 4/.test(await ask(fault)), 'the text is missing');
  }
  return checks;
}
