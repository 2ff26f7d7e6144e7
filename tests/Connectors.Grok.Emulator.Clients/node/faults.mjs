// What a client should make of each fault: an error of some status, or the right answer all the same.
export const errors = {
  'rate-limited; retry-after=1': 429, 'quota-exceeded': 429, 'free-usage-exhausted': 429, 'spending-limit': 429, 'credits-used': 403, 'no-credits': 403,
  'access-denied': 403, 'content-policy': 403, 'bad-credentials': 403, 'payment-required': 402, 'server-error': 500, 'unavailable': 503, 'html; status=522': 522,
  'plain-text': 503, 'nested': 503, 'error-only': 503, 'json-string': 503, 'double-encoded': 503,
};
export const broken = ['error-first', 'untyped-error', 'nested-error', 'error-object', 'cut', 'end', 'failed'];
export const odd = ['empty-final-output', 'keep-alives', 'data-only', 'unknown-events', 'gzip', 'wrong-content-type'];

export function must(holds, why) {
  if (!holds) throw new Error(why);
}

export const within = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: no end within a minute`)), 60_000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// Runs every check and says how it went, one JSON object a line.
export async function run(client, checks) {
  for (const [check, body] of Object.entries(checks)) {
    let result = { client, check, ok: true, note: '' };
    try {
      await within(body(), check);
    } catch (wrong) {
      result = { client, check, ok: false, note: String(wrong?.message ?? wrong).split('\n')[0].slice(0, 200) };
    }
    console.log(JSON.stringify(result));
  }
}

// The checks of faults: told(fault) streams an answer under that fault and returns its text, or throws what the client throws.
export function faultChecks(told, statusOf) {
  const checks = {};
  for (const [fault, status] of Object.entries(errors)) {
    checks[`fault: ${fault.split(';')[0]}`] = async () => {
      const error = await told(fault).then(() => null, error => error);
      must(error, 'no error is raised');
      must(statusOf(error) === status, `status ${statusOf(error)} instead of ${status}: ${error.message}`);
    };
  }
  for (const fault of broken) {
    checks[`fault: ${fault}`] = async () => must(await told(fault).then(() => null, error => error), 'no error is raised');
  }
  for (const fault of odd) {
    checks[`fault: ${fault}`] = async () => must(/2 \+ 2 equals 4/.test(await told(fault)), 'the text is missing');
  }
  return checks;
}
