-- Adds turns under a name that nobody can find yet. ARGV: 1 the instance, 2 tenant, 3 name, 4 the time, 5 the time as digits, 6 the expiry,
-- 7 the token, 8... for each turn its key, its parent and 9 values. KEYS[4]...: the fences of the claims.
local id, token = ARGV[1], ARGV[7]
for i = 4, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then return { 'fenced' } end
end
for i = 8, #ARGV, 11 do
  local t = turn(ARGV[i])
  if t and t.token ~= token then return { 'duplicate', ARGV[i] } end
end
if not name(id) then
  local record = { tenant = ARGV[2], name = ARGV[3], created = ARGV[4], updated = ARGV[4], parts = '', branched = '0', op = token, pending = ARGV[5] }
  expires(id, record, ARGV[6])
  put(id, record)
  mark('q' .. record.pending .. id)
end
for i = 8, #ARGV, 11 do
  if not turn(ARGV[i]) then add(ARGV[i], id, ARGV[i + 1], token, i + 2) end
end
keep()
return { 'ok' }
