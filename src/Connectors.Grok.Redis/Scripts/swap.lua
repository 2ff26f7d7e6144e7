-- Sets a key (ARGV[2]; '' to delete it) if it holds a value (ARGV[1]; '' for none), or holds the new one already.
local value = redis.call('GET', KEYS[1]) or ''
if value == ARGV[2] then return 1 end
if value ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1
