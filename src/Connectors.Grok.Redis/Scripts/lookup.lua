-- Finds a name with its head, and what its tree holds of a history. ARGV: 1 the instance, 2, 3, 4 the numbers of fingerprints, of
-- fingerprints of answers, and of turns, 5... these. Other owners are searched only where the path leads to them, from trunk to trunk.
local id = ARGV[1]
local record = name(id)
if not record or record.deleted then return { 'gone' } end
if record.moved then return { 'moved', record.moved } end
local prints, answers, turns = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local head, branch = record.head or '-', record.branch or '-'

local owners, seen, isOwner = { id }, {}, { [id] = true }
if prints + answers > 0 then
  for _, leaf in ipairs({ head, branch }) do
    local key = leaf
    while key ~= '-' and not seen[key] do
      seen[key] = true
      local t = turn(key)
      if not isOwner[t.owner] then
        isOwner[t.owner] = true
        owners[#owners + 1] = t.owner
      end
      key = t.trunk
    end
  end
end

local function isInTree(key)
  local t = turn(key)
  if not t or t.kind ~= '0' then return false end
  return t.owner == id or isOnPath(key, t.level, head) or isOnPath(key, t.level, branch)
end

local match
for i = prints, 1, -1 do
  local best, isBestOnPath
  for _, owner in ipairs(owners) do
    for _, member in ipairs(marks('f' .. owner .. ARGV[4 + i])) do
      local key = string.sub(member, -43)
      if isInTree(key) then
        -- The last 59 characters: the time of creation, then the key.
        local order = string.sub(member, -59)
        local isThisOnPath = isOnPath(key, turn(key).level, head)
        if not best or (isThisOnPath and not isBestOnPath) or (isThisOnPath == isBestOnPath and order > best) then
          best, isBestOnPath = order, isThisOnPath
        end
      end
    end
  end
  if best then
    match = string.sub(best, -43)
    break
  end
end

local holds = match ~= nil
for i = 1, answers do
  if holds then break end
  for _, owner in ipairs(owners) do
    for _, member in ipairs(marks('a' .. owner .. ARGV[4 + prints + i])) do
      holds = holds or isInTree(string.sub(member, -43))
    end
  end
end
for i = 1, turns do
  if holds then break end
  holds = isInTree(ARGV[4 + prints + answers + i])
end

local function read(key)
  return key and redis.call('HMGET', T, 'd' .. key, 'c' .. key) or {}
end
return { 'ok', cjson.encode(record), holds and 1 or 0, read(record.head), match or '', read(match) }
