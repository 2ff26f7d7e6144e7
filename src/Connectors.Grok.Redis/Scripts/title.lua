-- Sets the title of a name. ARGV: 1 its instance, 2 the title; '' for none.
local record = name(ARGV[1])
if not record or record.deleted then return 'gone' end
if record.moved then return 'moved' end
record.title = ARGV[2] ~= '' and ARGV[2] or nil
put(ARGV[1], record)
return 'ok'
