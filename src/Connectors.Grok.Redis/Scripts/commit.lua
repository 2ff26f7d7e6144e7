-- Makes an imported name visible. ARGV: 1 the instance, 2 the place that H must hold, 3 the head, 4 its text.
local record = name(ARGV[1])
local place = redis.call('GET', H) or ''
if place == tree .. ' ' .. ARGV[1] then return { 'again' } end
if place ~= ARGV[2] or not record then return { 'place' } end
redis.call('SET', H, tree .. ' ' .. ARGV[1])
point(ARGV[1], record, ARGV[3], ARGV[4])
put(ARGV[1], record)
unmark('q' .. record.pending .. ARGV[1])
keep()
return { 'ok' }
