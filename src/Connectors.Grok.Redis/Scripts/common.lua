-- Begins every script of a tree. KEYS[1] is the tree's hash, KEYS[2] its index, KEYS[3] the place of the name that gave the tree its
-- slot; all have one hash tag, the tree's id. ADR 0023 describes the fields of the hash and the members of the index.
local T, I, H = KEYS[1], KEYS[2], KEYS[3]
local tree = string.match(T, '{(.-)}')

-- What scripts read of a turn; nil when there is none. A member without a value is '-'.
local function turn(key)
  local text = redis.call('HGET', T, 'm' .. key)
  if not text then return nil end
  local w = {}
  for word in string.gmatch(text, '%S+') do w[#w + 1] = word end
  return {
    owner = w[1], parent = w[2], level = tonumber(w[3]), jump = w[4], trunk = w[5], kind = w[6], created = w[7],
    fingerprint = w[8], answer = w[9], input = w[10], output = w[11], cost = w[12], token = w[13],
  }
end

local function save(key, t)
  redis.call('HSET', T, 'm' .. key, table.concat({
    t.owner, t.parent, t.level, t.jump, t.trunk, t.kind, t.created, t.fingerprint, t.answer, t.input, t.output, t.cost, t.token,
  }, ' '))
end

local function name(id)
  local text = redis.call('HGET', T, 'n' .. id)
  return text and cjson.decode(text)
end

local function put(id, record) redis.call('HSET', T, 'n' .. id, cjson.encode(record)) end

local function mark(member) redis.call('ZADD', I, 0, member) end

local function unmark(member) redis.call('ZREM', I, member) end

-- The members of the index that begin with a prefix.
local function marks(prefix, count)
  if count then return redis.call('ZRANGEBYLEX', I, '[' .. prefix, '(' .. prefix .. '\255', 'LIMIT', 0, count) end
  return redis.call('ZRANGEBYLEX', I, '[' .. prefix, '(' .. prefix .. '\255')
end

-- The index finds turns of the kind 0, answers, by their owner and a fingerprint.
local function fingerprints(key, t, change)
  if t.kind ~= '0' then return end
  if t.fingerprint ~= '-' then change('f' .. t.owner .. t.fingerprint .. t.created .. key) end
  if t.answer ~= '-' then change('a' .. t.owner .. t.answer .. key) end
end

local function own(key, t) return 'o' .. t.owner .. string.format('%08x', t.level) .. key end

-- Adds a turn whose parent exists. The jump leads to an ancestor so that any ancestor is found in a logarithmic number of steps.
local function add(key, owner, parent, token, from)
  local t = { owner = owner, parent = parent, level = 0, jump = key, trunk = '-', token = token,
    kind = ARGV[from], created = ARGV[from + 1], fingerprint = ARGV[from + 2], answer = ARGV[from + 3],
    input = ARGV[from + 4], output = ARGV[from + 5], cost = ARGV[from + 6] }
  if parent ~= '-' then
    local p = turn(parent)
    local j = turn(p.jump)
    t.level = p.level + 1
    t.trunk = p.owner == owner and p.trunk or parent
    t.jump = (p.level - j.level == j.level - turn(j.jump).level) and j.jump or parent
    mark('r' .. parent .. 'c' .. key)
  end
  save(key, t)
  redis.call('HSET', T, 'd' .. key, ARGV[from + 7], 'c' .. key, ARGV[from + 8])
  mark(own(key, t))
  fingerprints(key, t, mark)
end

-- Whether a turn is on the path to another one.
local function isOnPath(key, level, last)
  local current = last
  while current ~= '-' do
    if current == key then return true end
    local t = turn(current)
    if not t or t.level <= level then return false end
    current = turn(t.jump).level >= level and t.jump or t.parent
  end
  return false
end

-- Points a name to a turn.
local function point(id, record, head, text)
  if record.head then unmark('r' .. record.head .. 'h' .. id) end
  record.head, record.head_id = nil, nil
  if head ~= '-' then
    record.head, record.head_id = head, text
    mark('r' .. head .. 'h' .. id)
  end
end

-- Sets from when on a name may be removed: milliseconds in hexadecimal digits, or ~ for never.
local function expires(id, record, at)
  if record.expires ~= at then
    if record.expires then unmark('x' .. record.expires .. id) end
    record.expires = at
    if at then mark('x' .. at .. id) end
  end
end

-- Lets the tree expire as a whole with the last of its names. Comes last: a moment in the past deletes the keys.
local function keep()
  local last = redis.call('ZREVRANGEBYLEX', I, '(x\255', '[x', 'LIMIT', 0, 1)[1]
  local at = last and string.sub(last, 2, 2) ~= '~' and tonumber(string.sub(last, 2, 17), 16)
  local keys = { T, I }
  local place = redis.call('GET', H)
  if place and string.sub(place, 1, #tree + 1) == tree .. ' ' then keys[3] = H end
  for _, key in ipairs(keys) do
    if at then redis.call('PEXPIREAT', key, at) else redis.call('PERSIST', key) end
  end
end

