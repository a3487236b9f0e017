-- The step in Redis: clock, advance, event, advance, as docs/semantics.md says and as Step.java does, to the byte.
--
-- KEYS  1 state of the key   2 due index of the shard (sorted set)   3 books and fence floor of the shard (hash)
-- ARGV  1 text of the key    2 rule, as doubles, see below           3 name of the event
--       4 time in microseconds, '' for the clock of the server       5 what to add to that clock, microseconds
--       6 flow that books are kept for, '' for none                  7 channel that says which key was armed again
--       8 ... fields of the event, in the order of Event.java; ids, nonces and marks are eight opaque bytes
--
-- Answers {time, fence floor, packed state before, packed state after}; a state is nil where there is none, and the
-- floor is 0 where there is one. The caller knows the same step, and so what it answered and did. All times are
-- microseconds, all numbers integers below 2^53, which doubles hold exactly; infinity is "without end", nil "no such
-- time". Nothing is written before everything is known, and the state first: a server without memory refuses that
-- write, and with it the step.
--
-- A server makes every function of a script anew for every call, and that costs more than what it does. So there are
-- few of them, and the commonest step of all comes before any.

local call, char, sub = redis.call, string.char, string.sub
local key, event = ARGV[1], ARGV[3]

local packed = call('GET', KEYS[1])
local now = tonumber(ARGV[4])
if not now then
  local clock = call('TIME')
  now = clock[1] * 1000000 + clock[2] + ARGV[5]
end

local floor = 0
if not packed then
  floor = tonumber(call('HGET', KEYS[3], 'fence') or 0)
  if event ~= 'offer' and event ~= 'report' and event ~= 'toldbefore' and event ~= 'inhandsince' then
    if event == 'take' then
      call('ZREM', KEYS[2], key) -- a server without memory, or a failover, may have left it
    end
    return {now, floor, false, false}
  end
end

local limit, window, summary_at, digest, lease, drops, first_rest, rest_factor, longest_rest, dwell, idle, charged =
  struct.unpack('>dddddddddddd', ARGV[2])
local finite = window < math.huge
local OFF, AT_CLOSE = 0, 2
local GRACE = 7 * 86400000000
local SPARE = 600000 -- how long a key is kept beyond the time when it may be forgotten, in milliseconds
local OWING_SPARE = 30 * 86400000 -- the same for one with claims or counts, which forget must see
local SHARD_KEPT = 400 * 86400000 -- how long an unused shard keeps its index, books and floor, in milliseconds
local HOUR = 3600000000

-- Numbers of the packed format, lowest seven bits first; see Packed.java. Digit by digit costs most, so they are taken
-- and made several at a time.

local byte, cursor = string.byte, 1

local function number()
  local a, b, c, d, e = byte(packed, cursor, cursor + 4)
  if a < 128 then
    cursor = cursor + 1
    return a
  elseif b < 128 then
    cursor = cursor + 2
    return a - 128 + b * 128
  elseif c < 128 then
    cursor = cursor + 3
    return a - 128 + (b - 128) * 128 + c * 16384
  end
  local low = a - 128 + (b - 128) * 128 + (c - 128) * 16384
  if d < 128 then
    cursor = cursor + 4
    return low + d * 2097152
  elseif e < 128 then
    cursor = cursor + 5
    return low + (d - 128) * 2097152 + e * 268435456
  end
  cursor = cursor + 4
  return low + (d - 128) * 2097152 + number() * 268435456
end

local function digits(value)
  local a = value % 128
  if a == value then
    return a
  end
  value = (value - a) / 128
  local b = value % 128
  if b == value then
    return a + 128, b
  end
  value = (value - b) / 128
  local c = value % 128
  if c == value then
    return a + 128, b + 128, c
  end
  value = (value - c) / 128
  local d = value % 128
  if d == value then
    return a + 128, b + 128, c + 128, d
  end
  return a + 128, b + 128, c + 128, d + 128, digits((value - d) / 128)
end

-- The ordinary pass of a new key; what follows would give the same.

local open = finite and window or idle

if not packed and event == 'offer' and charged == 0 and open > 0 and lease > 0 then
  local id, mark, at_once, fence = ARGV[8], ARGV[10], ARGV[11] == '1', math.max(floor + 1, now)
  local ahead = 2 * (fence - now)
  if ahead < 128 then
    local after = char(1, at_once and 203 or 197, at_once and mark ~= '' and 6 or 4, digits(2 * now))
      .. char(ahead, digits(2 * now - 1))
    if at_once then
      after = after .. char(0, 0, 1, 1, 0, ahead) .. id .. char(1, 0) .. mark
    else
      after = after .. char(0, 1, mark ~= '' and 2 or 0, ahead) .. ARGV[9] .. id .. char(digits(2 * lease)) .. mark
        .. char(1, 0)
    end
    local kept = at_once and math.max(lease, open) or lease + open + (drops == 0 and digest ~= OFF and GRACE or 0)
    call('SET', KEYS[1], after, 'PX', math.ceil(kept / 1000) + (at_once and SPARE or OWING_SPARE))
    call('HSET', KEYS[3], 'fence', fence)
    if not at_once and drops == 0 and digest == AT_CLOSE then
      call('ZADD', KEYS[2], now + lease, key)
      if call('ZCARD', KEYS[2]) == 1 then
        call('PEXPIRE', KEYS[2], SHARD_KEPT)
      end
    end
    if ARGV[6] ~= '' then
      call('HINCRBY', KEYS[3], ARGV[6] .. (at_once and ':passed' or ':claimed'), '1')
    end
    if math.floor(fence / HOUR) > math.floor(floor / HOUR) then
      call('PEXPIRE', KEYS[2], SHARD_KEPT)
      call('PEXPIRE', KEYS[3], SHARD_KEPT)
    end
    return {now, floor, false, after}
  end
end

-- The ordinary suppress, which is nearly everything in a flood: the window is full and open, some are held already, and
-- there is no claim, rest, reset or closed tally. It moves touched, lastSeen, seen, held and last, and nothing else;
-- what follows it would give the same. Times are kept as distances from touched, so the bytes of all of them change.

local ORDINARY, WITH_MARK, WITH_REPORTERS = 1 + 2 + 8 + 64 + 512, 256, 1024

if packed and event == 'offer' and finite then
  local format, parts = number(), number()
  local others = parts - ORDINARY - (format == 2 and WITH_REPORTERS or 0)
  if format <= 2 and (others == 0 or others == WITH_MARK) and not packed:find(ARGV[8], 1, true) then
    local head, touched = sub(packed, 1, cursor - 1), number() / 2
    local fence, armed, _, start, counts = number(), number(), number(), number(), cursor
    local done, entries = number(), number()
    local window_end = touched + (start % 2 == 0 and start / 2 or -(start + 1) / 2) + window
    if touched % 1 == 0 and touched <= now and now < window_end and done >= limit then
      local later = 2 * (now - touched)
      local function shifted(distance)
        if distance % 2 == 1 then
          return digits(distance + later)
        end
        return digits(distance >= later and distance - later or later - distance - 1)
      end
      local after = head .. char(digits(2 * now)) .. char(shifted(fence)) .. char(shifted(armed))
        .. char(0, shifted(start)) .. sub(packed, counts, cursor - 1)
      for _ = 1, entries do
        local how, at = number(), number()
        cursor = cursor + 8
        after = after .. char(how, shifted(at)) .. sub(packed, cursor - 8, cursor - 1)
      end
      local seen, held = number(), number()
      local due = digest == AT_CLOSE and window_end or nil
      if held > 0 and due == tonumber(call('ZSCORE', KEYS[2], key) or nil) then
        local first, last = number(), number()
        after = after .. char(digits(seen + 1)) .. char(digits(held + 1)) .. char(shifted(first)) .. char(0)
          .. sub(packed, cursor)
        local kept = math.max(now + lease, window_end, now + window + (digest == OFF and 0 or GRACE)) - now
        call('SET', KEYS[1], after, 'PX', math.ceil(kept / 1000) + OWING_SPARE)
        if ARGV[6] ~= '' then
          call('HINCRBY', KEYS[3], ARGV[6] .. ':suppressed', '1')
        end
        return {now, 0, packed, after}
      end
    end
  end
end

-- The state out of the packed format.

local s = {fence = floor, armed = 0, done = 0, failures = 0, seen = 0, held = 0, live = {}, settled = {}}
local live, settled, reporters = s.live, s.settled, {}

cursor = 1

if packed then
  local origin = 0
  local function time()
    local value = number()
    return origin + (value % 2 == 0 and value / 2 or -(value + 1) / 2)
  end
  local function fixed()
    cursor = cursor + 8
    return packed:sub(cursor - 8, cursor - 1)
  end
  if number() > 2 then
    error('the stored state has a format that this script does not read')
  end
  local parts, has = number(), bit.band
  if has(parts, 512) ~= 0 then
    s.touched = time()
    origin = s.touched
  end
  s.fence, s.armed = time(), time()
  if has(parts, 1) ~= 0 then
    s.last_seen = time()
  end
  if has(parts, 2) ~= 0 then
    s.start, s.done = time(), number()
  end
  if has(parts, 4) ~= 0 then
    for i = 1, number() do
      local flags = number()
      local claim = {fence = time(), nonce = fixed(), id = fixed(), deadline = time(), summary = flags % 2}
      claim.mark = flags >= 2 and fixed() or nil
      live[i] = claim
    end
  end
  if has(parts, 8) ~= 0 then
    for i = 1, number() do
      settled[i] = {how = number(), fence = time(), id = fixed()}
    end
  end
  if has(parts, 16) ~= 0 then
    s.failures, s.retry_at = number(), time()
  end
  if has(parts, 32) ~= 0 then
    s.reset_at = time()
  end
  if has(parts, 64) ~= 0 then
    s.seen, s.held = number(), number()
    if s.held > 0 then
      s.first, s.last = time(), time()
    end
  end
  if has(parts, 128) ~= 0 then
    s.out = {cause = number(), number = time(), held = number(), first = time(), last = time()}
  end
  if has(parts, 256) ~= 0 then
    s.mark = fixed()
  end
  if has(parts, 1024) ~= 0 then
    for i = 1, number() do
      reporters[i] = {id = fixed(), last = number()}
    end
  end
end

-- What the step moves in the books. What is pending, held and owed follows from the states.

local moved, rearmed, fence_before, start_before = {}, false, s.fence, s.start
local pending_before, held_before, owed_before = #live, s.held, s.out and s.out.held or 0

-- The draft; see Draft.java.

local DONE, BACK, LOST, LATE = 0, 1, 2, 3
local WINDOW, FAILED, RESET, IDLE = 0, 1, 2, 3
local FOREVER = math.huge

local function next_fence(at)
  s.fence = math.max(s.fence + 1, at)
  return s.fence
end

local function remember(fence, id, how)
  settled[#settled + 1] = {fence = fence, id = id, how = how}
  while #settled > 4 and (#settled > limit or #settled > 256) do
    table.remove(settled, 1)
  end
end

local function count(at, times)
  if times > 0 then
    s.start = s.done == 0 and at or s.start
    s.done = s.done + times
  end
end

local function hold(how_many, from, to)
  if how_many > 0 then
    s.first = s.held == 0 and from or math.min(s.first, from)
    s.last = s.held == 0 and to or math.max(s.last, to)
    s.held = s.held + how_many
  end
end

local function complete(place, at)
  local claim = table.remove(live, place)
  remember(claim.fence, claim.id, DONE)
  s.failures, s.retry_at = 0, nil
  if claim.fence > s.armed then
    count(at, 1)
    s.mark = claim.mark or s.mark
  end
end

local function count_beyond(times, at)
  local most = math.max(s.done + #live, limit)
  count(at, times)
  moved.overshoot = math.max(s.done + #live - most, 0)
end

-- When what is due, and what then happens; see Advance.java.

local function first_deadline()
  local first, place = FOREVER, nil
  for i = 1, #live do
    if live[i].deadline < first then
      first, place = live[i].deadline, i
    end
  end
  return first, place
end

-- Ends of the window, of the time that held ones wait for a window, and of an idle episode.
local function ends()
  return s.done == 0 and FOREVER or s.start + window,
    s.done == 0 and s.held > 0 and s.first + open or FOREVER,
    (finite or not s.last_seen) and FOREVER or s.last_seen + idle
end

local function close(cause, at)
  s.seen = 0
  if s.held > 0 and (digest == OFF or not s.out) then
    if digest == OFF then
      moved.kept = (moved.kept or 0) + s.held
    else
      s.out = {number = next_fence(at), held = s.held, first = s.first, last = s.last, cause = cause}
    end
    s.held, s.first, s.last = 0, nil, nil
  end
end

local function arm(cause, at)
  rearmed = rearmed or s.done > 0 or live[1] ~= nil
  s.done, s.start, s.mark = 0, nil, nil
  s.failures, s.retry_at, s.reset_at = 0, nil, nil
  s.armed = s.fence
  close(cause, at)
end

local function advance(to)
  while true do
    local lost, place = first_deadline()
    local over, failed, idles = ends()
    local reset = s.reset_at or FOREVER
    local at = math.min(lost, reset, over, s.out and FOREVER or failed, idles)
    if at > to then
      return
    elseif at == lost then
      local claim = table.remove(live, place)
      remember(claim.fence, claim.id, LOST)
      if drops == 0 then
        hold(1, at, at)
      else
        if claim.fence > s.armed then
          count(at, 1)
          s.mark = claim.mark or s.mark
        end
        moved.assumed = (moved.assumed or 0) + 1
      end
    elseif at == reset then
      arm(RESET, at)
    elseif at == over then
      s.done, s.start, s.mark = 0, nil, nil
      close(WINDOW, at)
    elseif at == idles and not (failed == at and not s.out) then
      s.last_seen = nil
      arm(IDLE, at)
    else
      close(FAILED, at)
    end
  end
end

-- Before when the state cannot be deleted; after all, if it must first be told.
local function forget_at()
  local owing = s.held > 0 or s.out or (drops == 0 and live[1])
  local at, in_use = s.touched + lease, s.touched
  for _, claim in ipairs(live) do
    in_use = math.max(in_use, claim.deadline)
    at = math.max(at, in_use + open)
  end
  at = math.max(at, s.reset_at or at, s.failures > 0 and s.retry_at + GRACE or s.retry_at or at)
  if s.done > 0 then
    local over, _, idles = ends()
    at = math.max(at, finite and over or idles)
  end
  return owing and math.max(at, in_use + open + (digest == OFF and 0 or GRACE)) or at, owing
end

-- The clock: a little behind the key it stands still, far behind it was moved.

local JITTER = 10000000
local at, a, b, c, d, e = now, ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local behind = s.touched and s.touched - now or 0

if event == 'forget' then
  if behind > 0 then
    return {now, 0, packed, packed}
  end
  advance(at)
  local when, owing = forget_at()
  if when > now or (owing and digest == AT_CLOSE) then
    return {now, 0, packed, packed}
  end
  s.live, live, moved.kept = {}, {}, (moved.kept or 0) + s.held + (s.out and s.out.held or 0)
else
  if behind > JITTER then
    for _, name in ipairs({'touched', 'last_seen', 'start', 'retry_at', 'reset_at', 'first', 'last'}) do
      s[name] = s[name] and s[name] - behind
    end
    for _, claim in ipairs(live) do
      claim.deadline = claim.deadline - behind
    end
    if s.out then
      s.out.first, s.out.last = s.out.first - behind, s.out.last - behind
    end
  elseif behind > 0 then
    at = s.touched
  end
  s.touched = at
  advance(at)
end

-- The events; see Step.java.

if event == 'offer' then
  local id, nonce, mark, known = a, b, c, false
  for _, claim in ipairs(live) do
    known = known or claim.id == id
  end
  for _, ended in ipairs(settled) do
    known = known or ended.id == id
  end
  if known then
    moved.repeated = 1
  else
    moved['in'] = 1
    s.reset_at, s.last_seen, s.seen = nil, at, s.seen + 1
    local used = s.done + #live
    if s.retry_at and at < s.retry_at or used >= limit then
      hold(1, at, at)
    elseif charged == 1 then
      moved.delivered = 1
      count(at, 1)
    else
      local summary = summary_at >= 2 and used + 1 == summary_at and 1 or 0
      live[#live + 1] = {fence = next_fence(at), nonce = nonce, id = id, deadline = at + lease, summary = summary,
        mark = mark ~= '' and mark or nil}
      if d == '1' then
        moved.delivered = 1
        complete(#live, at)
      end
    end
  end
elseif event == 'complete' or event == 'release' or event == 'extend' or event == 'evict' then
  local fence, nonce, place, before = tonumber(a), b, nil, nil
  for i, claim in ipairs(live) do
    if claim.fence == fence and (claim.nonce == nonce or event == 'evict') then
      place = i
    end
  end
  for _, ended in ipairs(settled) do
    if ended.fence == fence then
      before = ended
    end
  end
  if place and event == 'complete' then
    moved.delivered = 1
    complete(place, at)
  elseif place and event == 'extend' then
    live[place].deadline = math.max(tonumber(c), at)
  elseif place then
    local claim, why = table.remove(live, place), event == 'evict' and 'withdrawn' or c
    remember(fence, why == 'refused' and string.rep('\0', 8) or claim.id, BACK)
    if why == 'budget' then
      hold(1, at, at)
    else
      moved[why == 'dead' and 'dead' or 'withdrawn'] = 1
    end
    if (why == 'failed' or why == 'dead') and first_rest > 0 then
      s.failures = s.failures + 1
      local rest, times = first_rest, 1
      while times < s.failures and rest < longest_rest and rest_factor > 1 do
        rest, times = rest * rest_factor, times + 1
      end
      s.retry_at = at + math.floor(math.min(rest, longest_rest))
    end
  elseif event == 'complete' and before and before.how == LOST then
    before.how = LATE
    if drops == 0 and window > 0 and before.fence > s.armed then
      count_beyond(1, at)
    end
  end
elseif event == 'reset' then
  local mark = s.mark
  for _, claim in ipairs(live) do
    mark = claim.fence > s.armed and claim.mark or mark
  end
  local below = a ~= '' and mark and struct.unpack('>d', a) < struct.unpack('>d', mark)
  if dwell == 0 and not below then
    arm(RESET, at)
  elseif dwell > 0 and not below and not s.reset_at and (s.done > 0 or live[1] or s.held > 0 or s.failures > 0) then
    s.reset_at = at + dwell
  end
elseif event == 'report' then
  local reporter, sequence, occurrence, done, held, known, place = a, tonumber(b), c, tonumber(d), tonumber(e), false, nil
  local before
  for i, other in ipairs(reporters) do
    before = other.id == reporter and i or before
  end
  known = before and sequence <= reporters[before].last
  if not known then
    if before or #reporters == 64 then
      table.remove(reporters, before or 1)
    end
    reporters[#reporters + 1] = {id = reporter, last = sequence}
    for _, ended in ipairs(settled) do
      known = known or ended.id == occurrence
    end
    for i, claim in ipairs(live) do
      place = place or (claim.id == occurrence and i) or nil
    end
  end
  if place and not known then
    moved.delivered = 1
    complete(place, at)
  elseif not known then
    if occurrence ~= '' then
      remember(next_fence(at), occurrence, DONE)
    end
    s.reset_at, s.last_seen, s.seen = nil, at, s.seen + done + held
    moved['in'], moved.delivered = done + held, done
    count_beyond(done, at)
    hold(held, math.min(tonumber(ARGV[13]), at), math.min(tonumber(ARGV[14]), at))
  end
elseif event == 'toldbefore' or event == 'inhandsince' then
  local id, since, told, place, known = a, math.min(tonumber(event == 'toldbefore' and b or c), at), nil, nil, false
  for i, claim in ipairs(live) do
    place = place or (claim.id == id and i) or nil
  end
  for _, ended in ipairs(settled) do
    known = known or ended.id == id
  end
  if event == 'toldbefore' then
    if place then
      remember(table.remove(live, place).fence, id, DONE)
      moved.delivered = 1
    end
    told = since
  elseif not place and not known then
    if since + lease <= at then
      told = drops == 1 and since + lease or nil
    elseif charged == 0 and s.done + #live < limit and since > s.armed then
      moved['in'], s.last_seen, s.seen = 1, at, s.seen + 1
      live[#live + 1] = {fence = next_fence(at), nonce = b, id = id, deadline = since + lease, summary = 0}
    end
  end
  if told and told + open > at and told > s.armed then
    s.fence, s.last_seen = math.max(s.fence, told), math.max(s.last_seen or told, told)
    if s.done == 0 then
      count_beyond(1, told)
    else
      s.start = math.max(s.start, told)
    end
  end
elseif event == 'told' and s.out and s.out.number == tonumber(a) then
  moved.reported = s.out.held
  s.out = nil
end

if event ~= 'forget' then
  advance(at)
end

-- The packed format again.

local after = false
if event ~= 'forget' then
  local origin, bytes, size = 0, {}, 0
  local function write(value)
    while value > 127 do
      local low = value % 128
      size = size + 1
      bytes[size] = low + 128
      value = (value - low) / 128
    end
    size = size + 1
    bytes[size] = value
  end
  local function time(value)
    value = value - origin
    write(value >= 0 and 2 * value or -2 * value - 1)
  end
  local function fixed(text)
    bytes[size + 1], bytes[size + 2], bytes[size + 3], bytes[size + 4] = text:byte(1, 4)
    bytes[size + 5], bytes[size + 6], bytes[size + 7], bytes[size + 8] = text:byte(5, 8)
    size = size + 8
  end
  write(reporters[1] and 2 or 1)
  write(512 + (s.last_seen and 1 or 0) + (s.done > 0 and 2 or 0) + (live[1] and 4 or 0) + (settled[1] and 8 or 0)
    + ((s.failures > 0 or s.retry_at) and 16 or 0) + (s.reset_at and 32 or 0)
    + ((s.seen > 0 or s.held > 0) and 64 or 0) + (s.out and 128 or 0) + (s.mark and 256 or 0)
    + (reporters[1] and 1024 or 0))
  time(s.touched)
  origin = s.touched
  time(s.fence)
  time(s.armed)
  if s.last_seen then
    time(s.last_seen)
  end
  if s.done > 0 then
    time(s.start)
    write(s.done)
  end
  if live[1] then
    write(#live)
    for _, claim in ipairs(live) do
      write(claim.summary + (claim.mark and 2 or 0))
      time(claim.fence)
      fixed(claim.nonce)
      fixed(claim.id)
      time(claim.deadline)
      if claim.mark then
        fixed(claim.mark)
      end
    end
  end
  if settled[1] then
    write(#settled)
    for _, ended in ipairs(settled) do
      write(ended.how)
      time(ended.fence)
      fixed(ended.id)
    end
  end
  if s.failures > 0 or s.retry_at then
    write(s.failures)
    time(s.retry_at)
  end
  if s.reset_at then
    time(s.reset_at)
  end
  if s.seen > 0 or s.held > 0 then
    write(s.seen)
    write(s.held)
    if s.held > 0 then
      time(s.first)
      time(s.last)
    end
  end
  if s.out then
    write(s.out.cause)
    time(s.out.number)
    write(s.out.held)
    time(s.out.first)
    time(s.out.last)
  end
  if s.mark then
    fixed(s.mark)
  end
  if reporters[1] then
    write(#reporters)
    for _, reporter in ipairs(reporters) do
      fixed(reporter.id)
      write(reporter.last)
    end
  end
  after = string.char(unpack(bytes))
end

-- What is written: the state, the index if it differs, the floor if a number was given out, the books.

local due, counts = FOREVER, live[1] or s.held > 0 or s.out
if event == 'forget' then
  call('DEL', KEYS[1])
  s.held, s.out = 0, nil
else
  local kept = math.ceil((forget_at() - at) / 1000) + (counts and OWING_SPARE or SPARE)
  call('SET', KEYS[1], after, 'PX', string.format('%.0f', kept))
  if digest == AT_CLOSE and s.out then
    due = 0
  elseif digest == AT_CLOSE then
    due = drops == 0 and first_deadline() or FOREVER
    if s.held > 0 then
      local over, failed, idles = ends()
      due = math.min(due, over, failed, idles, s.reset_at or FOREVER)
    end
  end
end

local indexed = packed and call('ZSCORE', KEYS[2], key)
if due == FOREVER then
  if indexed then
    call('ZREM', KEYS[2], key)
  end
elseif tonumber(indexed) ~= due then
  call('ZADD', KEYS[2], string.format('%.0f', due), key)
  if not indexed and call('ZCARD', KEYS[2]) == 1 then
    call('PEXPIRE', KEYS[2], SHARD_KEPT)
  end
end

-- A shard in use is kept: looked at with each hour of the floor, and with each window of a rule that gives out no number.
local refresh = charged == 1 and s.start ~= start_before
if s.fence ~= fence_before then
  local highest = tonumber(packed and call('HGET', KEYS[3], 'fence') or floor)
  if s.fence > highest then
    call('HSET', KEYS[3], 'fence', string.format('%.0f', s.fence))
    refresh = refresh or math.floor(s.fence / HOUR) > math.floor(highest / HOUR)
  end
end

if ARGV[6] ~= '' then
  moved.pending = #live - pending_before
  moved.held = s.held - held_before
  moved.owed = (s.out and s.out.held or 0) - owed_before
  for bucket, by in pairs(moved) do
    if by ~= 0 then
      call('HINCRBY', KEYS[3], ARGV[6] .. ':' .. bucket, by)
    end
  end
end

if refresh then
  call('PEXPIRE', KEYS[2], SHARD_KEPT)
  call('PEXPIRE', KEYS[3], SHARD_KEPT)
end

if rearmed then
  redis.pcall('PUBLISH', ARGV[7], key) -- a user may lack the channel, and the step has happened
end
return {now, packed and 0 or floor, packed or false, after}
