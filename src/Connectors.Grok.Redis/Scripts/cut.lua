-- Gives the turns that a name owns among a turn and those that follow it to a new record, which is then removed as that of a deleted name.
-- All in one script, so its time grows with the number of these turns. ARGV: 1 the name's instance, 2 the turn, 3 the new instance, 4 the
-- time, 5 the time as digits, 6 the token.
local id, first, doomed = ARGV[1], ARGV[2], ARGV[3]
if name(doomed) then return 'ok' end
local record = name(id)
local top = turn(first)
if not record or record.deleted or not top then return 'no' end

local below = {}
local function take(key)
  for _, member in ipairs(marks('r' .. key .. 'c')) do
    local child = string.sub(member, -43)
    if turn(child).owner == id then below[#below + 1] = child end
  end
end
if top.owner == id then below[1] = first else take(first) end
local i = 1
while i <= #below do
  if below[i] == record.head then return 'no' end
  take(below[i])
  i = i + 1
end

local above = top.owner == id and top.parent or first
for _, key in ipairs(below) do
  local t = turn(key)
  fingerprints(key, t, unmark)
  unmark(own(key, t))
  t.owner, t.trunk = doomed, above
  save(key, t)
  mark(own(key, t))
  fingerprints(key, t, mark)
  if key == record.branch then
    -- The name inherited the turn at which it was forked.
    unmark('r' .. key .. 'b' .. id)
    record.branch = nil
    put(id, record)
  end
end
put(doomed, { tenant = record.tenant, name = record.name, created = ARGV[4], updated = ARGV[4], parts = '', branched = '1', op = ARGV[6], pending = ARGV[5] })
mark('q' .. ARGV[5] .. doomed)
return 'ok'
