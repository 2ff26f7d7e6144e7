-- Deletes a name, and a batch of its turns, the deepest first. ARGV: 1 the instance, 2 '1' to compare it, '2' to follow it only, 3 the expected time, 4 the
-- expected head, 5 the largest number of turns, 6 of bytes, 7 whether their documents are returned. A turn that something refers to (the
-- head or the branch point of a name, or a turn below it) passes to the owner of that; the turns below it were handled before it.
local id = ARGV[1]
local record = name(id)
if not record then return { 'gone' } end
local isFirst = not record.deleted
if isFirst then
  if ARGV[2] ~= '0' and record.moved then return { 'moved', record.moved } end
  if ARGV[2] == '1' then
    if record.updated ~= ARGV[3] or (record.head or '-') ~= ARGV[4] then return { 'no' } end
  end
  point(id, record, '-')
  if record.branch then unmark('r' .. record.branch .. 'b' .. id) end
  if record.pending then unmark('q' .. record.pending .. id) end
  expires(id, record, nil)
  record.deleted = '1'
  if redis.call('GET', H) == tree .. ' ' .. id then redis.call('DEL', H) end
end

local limit = tonumber(ARGV[5])
local members = redis.call('ZREVRANGEBYLEX', I, '(o' .. id .. '\255', '[o' .. id, 'LIMIT', 0, limit)
local removed, kept, heir, heirs, bytes, handled = {}, {}, nil, 0, 0, 0
for _, member in ipairs(members) do
  local key = string.sub(member, -43)
  local t = turn(key)
  local reference = marks('r' .. key, 1)[1]
  if not reference then
    bytes = bytes + redis.call('HSTRLEN', T, 'c' .. key)
    if handled > 0 and bytes > tonumber(ARGV[6]) then break end
    removed[#removed + 1] = key
    removed[#removed + 1] = t.token
    if ARGV[7] == '1' then
      removed[#removed + 1] = redis.call('HGET', T, 'd' .. key)
      removed[#removed + 1] = redis.call('HGET', T, 'c' .. key)
    end
    redis.call('HDEL', T, 'm' .. key, 'd' .. key, 'c' .. key)
    if t.parent ~= '-' then unmark('r' .. t.parent .. 'c' .. key) end
    fingerprints(key, t, unmark)
  else
    local referrer = string.sub(reference, 46)
    local owner = string.sub(reference, 45, 45) == 'c' and turn(referrer).owner or referrer
    fingerprints(key, t, unmark)
    t.owner = owner
    save(key, t)
    fingerprints(key, t, mark)
    mark(own(key, t))
    kept[#kept + 1] = { key, t }
    if owner ~= heir then heir, heirs = owner, heirs + 1 end
  end
  unmark(member)
  handled = handled + 1
end

local isLast = #members < limit and handled == #members
-- With one heir, the turns up to a trunk still have one owner.
if heirs > 1 or not isFirst or not isLast then
  for _, pair in ipairs(kept) do
    pair[2].trunk = pair[2].parent
    save(pair[1], pair[2])
  end
end
if isLast then redis.call('HDEL', T, 'n' .. id) else put(id, record) end
keep()
return { isLast and 'done' or 'more', cjson.encode(record), removed }
