-- Checks that this server has a change, and writes after it on this connection, so that WAIT waits for both. ARGV: 1 'turn', 'name',
-- 'content' or 'gone', 2 the key, 3 the token or the SHA-1 of the content, 4 the time. KEYS[4] is written.
local isThere
if ARGV[1] == 'turn' then
  local t = turn(ARGV[2])
  isThere = t and t.token == ARGV[3]
elseif ARGV[1] == 'name' then
  local record = name(ARGV[2])
  isThere = record and (record.op == ARGV[3] or record.updated > ARGV[4])
elseif ARGV[1] == 'content' then
  isThere = redis.sha1hex(redis.call('HGET', T, 'c' .. ARGV[2]) or '') == ARGV[3]
else
  local record = name(ARGV[2])
  isThere = not record or record.deleted
end
if not isThere then return 0 end
redis.call('SET', KEYS[4], ARGV[3], 'PX', 60000)
return 1
