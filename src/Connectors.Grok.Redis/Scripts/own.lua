-- Reads the turns that a name owns. ARGV: 1 the instance, 2 the last member read before or '', 3 the largest number.
local from = ARGV[2] == '' and '[o' .. ARGV[1] or '(' .. ARGV[2]
local members = redis.call('ZRANGEBYLEX', I, from, '(o' .. ARGV[1] .. '\255', 'LIMIT', 0, tonumber(ARGV[3]))
local found = {}
for _, member in ipairs(members) do
  local key = string.sub(member, -43)
  found[#found + 1] = key
  found[#found + 1] = redis.call('HGET', T, 'm' .. key)
end
return { members[#members] or '', found }
