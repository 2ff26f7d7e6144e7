-- Reads the turns from one upwards. ARGV: 1 the turn, 2 the largest number. Returns keys and what scripts read of the turns.
local found, key = {}, ARGV[1]
for _ = 1, tonumber(ARGV[2]) do
  local text = redis.call('HGET', T, 'm' .. key)
  if not text then break end
  found[#found + 1] = key
  found[#found + 1] = text
  key = string.match(text, '%S+ (%S+)')
  if key == '-' then break end
end
return found
