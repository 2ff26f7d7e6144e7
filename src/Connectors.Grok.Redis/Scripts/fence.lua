-- Takes the claim of a turn id away from a call that has not added its turn. ARGV: 1 the turn, 2 the seconds that a call can last.
local t = turn(ARGV[1])
if t then return { 'duplicate', t.token } end
redis.call('SET', KEYS[4], '1', 'EX', ARGV[2])
return { 'free' }
