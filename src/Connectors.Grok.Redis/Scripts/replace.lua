-- Replaces the document and the content of a turn. ARGV: 1 its key, 2 the expected content, 3... 7 values, document and content.
local t = turn(ARGV[1])
if not t then return { 'no' } end
local content = redis.call('HGET', T, 'c' .. ARGV[1])
if content ~= ARGV[2] then
  return { content == ARGV[11] and redis.call('HGET', T, 'd' .. ARGV[1]) == ARGV[10] and 'again' or 'no' }
end
fingerprints(ARGV[1], t, unmark)
t.kind, t.created, t.fingerprint, t.answer, t.input, t.output, t.cost = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
save(ARGV[1], t)
fingerprints(ARGV[1], t, mark)
redis.call('HSET', T, 'd' .. ARGV[1], ARGV[10], 'c' .. ARGV[1], ARGV[11])
return { 'ok' }
