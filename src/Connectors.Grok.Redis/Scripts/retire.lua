-- Ends a name's life in this tree because it points into another one. ARGV: 1 the instance, 2 the expected head, 3 the new place.
-- The record stays: it owns the turns that were made here, and leads readers of the old place to the new one.
local record = name(ARGV[1])
if not record or record.deleted then return { 'gone' } end
if record.moved then return { record.moved == ARGV[3] and 'again' or 'moved', record.moved } end
if (record.head or '-') ~= ARGV[2] then return { 'no' } end
point(ARGV[1], record, '-')
record.moved = ARGV[3]
expires(ARGV[1], record, '~')
put(ARGV[1], record)
keep()
return { 'ok', record.updated }
