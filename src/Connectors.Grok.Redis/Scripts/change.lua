-- Appends a turn or moves a head. ARGV: 1 the name's instance, 2 'have', 'create' or 'prepare', 3 the place that H must hold to create,
-- 4 the expected head, 5 the new head, 6 its text, 7 the turn that must exist, 8 the time, 9 the expiry, 10 the token of the call,
-- 11 tenant, 12 name, 13 creation time, 14 parts in other trees, 15 whether a part has a branch point, 16 whether the turn that must exist
-- may become the branch point, 17 whether a turn is added, 18 the time as digits, 19 the title of a name that moves here, 20... the turn. KEYS[4]: the fence of the claim.
local id, mode, head, required, token = ARGV[1], ARGV[2], ARGV[5], ARGV[7], ARGV[10]
local record = name(id)
local appends = ARGV[17] == '1'
if appends then
  local t = turn(head)
  if t and t.token == token and record and not record.deleted then return { 'again', record.updated } end
end
if mode == 'have' then
  if not record or record.deleted then return { 'gone' } end
  if record.op == token then return { 'again', record.updated } end
  if record.moved then return { 'moved', record.moved } end
  if (record.head or '-') ~= ARGV[4] then return { 'no' } end
else
  if record then return { record.op == token and 'again' or 'no', record.updated } end
  if mode == 'create' and (redis.call('GET', H) or '') ~= ARGV[3] then return { 'place' } end
end
if required ~= '-' and not turn(required) then return { 'no' } end
if appends then
  if turn(head) then return { 'duplicate' } end
  if redis.call('EXISTS', KEYS[4]) == 1 then return { 'fenced' } end
end

local pending = marks('q', 1)[1]
if mode ~= 'have' then
  record = { tenant = ARGV[11], name = ARGV[12], created = ARGV[13], parts = ARGV[14], branched = ARGV[15], title = ARGV[19] ~= '' and ARGV[19] or nil }
  if mode == 'create' then
    redis.call('SET', H, tree .. ' ' .. id)
  else
    record.pending = ARGV[18]
    mark('q' .. record.pending .. id)
  end
end
local previous = record.updated
if ARGV[16] == '1' and required ~= '-' and not record.branch and record.branched ~= '1' then
  local owner = turn(required).owner
  if owner ~= id and not string.find(record.parts, owner, 1, true) then
    record.branch = required
    mark('r' .. required .. 'b' .. id)
  end
end
if appends then add(head, id, required, token, 20) end
-- A turn of the kind 1, a question without an answer, never becomes the head.
if not (appends and ARGV[20] == '1') then point(id, record, head, ARGV[6]) end
record.updated, record.op = ARGV[8], token
expires(id, record, ARGV[9])
put(id, record)
keep()
return { 'ok', previous or '', pending or '' }
