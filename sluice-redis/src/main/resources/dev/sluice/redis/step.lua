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

local JITTER = 10000000
local GRACE = 7 * 86400000000
local SPARE = 600000 -- how long a key is kept beyond the time when it may be forgotten, in milliseconds
local OWING_SPARE = 30 * 86400000 -- the same for one with claims or counts, which forget must see
local SHARD_KEPT = 400 * 86400000 -- how long an unused shard keeps its index, books and floor, in milliseconds
local FLOOR_AHEAD = 60000000 -- the floor is written ahead of the fences, so that few of them move it
local FOREVER = math.huge
local OFF, AT_CLOSE = 0, 2
local DONE, BACK, LOST, LATE = 0, 1, 2, 3
local WINDOW, FAILED, RESET, IDLE = 0, 1, 2, 3
local NOBODY = string.rep('\0', 8)

local call = redis.call
local key, event = ARGV[1], ARGV[3]
local limit, window, summary_at, digest, lease, drops, first_rest, rest_factor, longest_rest, dwell, idle, charged =
  struct.unpack('>dddddddddddd', ARGV[2])

local packed = call('GET', KEYS[1])
local now = tonumber(ARGV[4])
if not now then
  local clock = call('TIME')
  now = clock[1] * 1000000 + clock[2] + ARGV[5]
end

local floor = 0
if not packed then
  floor = tonumber(call('HGET', KEYS[3], 'fence') or 0)
  if event ~= 'offer' and event ~= 'report' then
    return {now, floor, false, false}
  end
end

-- The packed format; see Packed.java.

local function decode(text)
  local byte, at, origin = {text:byte(1, -1)}, 1, 0
  local function number()
    local value, scale = 0, 1
    while byte[at] > 127 do
      value = value + (byte[at] - 128) * scale
      scale = scale * 128
      at = at + 1
    end
    at = at + 1
    return value + byte[at - 1] * scale
  end
  local function time()
    local value = number()
    return origin + (value % 2 == 0 and value / 2 or -(value + 1) / 2)
  end
  local function fixed()
    at = at + 8
    return text:sub(at - 8, at - 1)
  end
  if number() ~= 1 then
    error('the stored state has a format that this script does not read')
  end
  local parts, has = number(), bit.band
  local s = {done = 0, failures = 0, seen = 0, held = 0, live = {}, settled = {}}
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
      s.live[i] = claim
    end
  end
  if has(parts, 8) ~= 0 then
    for i = 1, number() do
      s.settled[i] = {how = number(), fence = time(), id = fixed()}
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
  return s
end

local function encode(s)
  local byte, size, origin = {}, 0, 0
  local function number(value)
    while value > 127 do
      local low = value % 128
      size = size + 1
      byte[size] = low + 128
      value = (value - low) / 128
    end
    size = size + 1
    byte[size] = value
  end
  local function time(value)
    value = value - origin
    number(value >= 0 and 2 * value or -2 * value - 1)
  end
  local function fixed(text)
    byte[size + 1], byte[size + 2], byte[size + 3], byte[size + 4] = text:byte(1, 4)
    byte[size + 5], byte[size + 6], byte[size + 7], byte[size + 8] = text:byte(5, 8)
    size = size + 8
  end
  number(1)
  number((s.last_seen and 1 or 0) + (s.done > 0 and 2 or 0) + (s.live[1] and 4 or 0) + (s.settled[1] and 8 or 0)
    + ((s.failures > 0 or s.retry_at) and 16 or 0) + (s.reset_at and 32 or 0)
    + ((s.seen > 0 or s.held > 0) and 64 or 0) + (s.out and 128 or 0) + (s.mark and 256 or 0)
    + (s.touched and 512 or 0))
  if s.touched then
    time(s.touched)
    origin = s.touched
  end
  time(s.fence)
  time(s.armed)
  if s.last_seen then
    time(s.last_seen)
  end
  if s.done > 0 then
    time(s.start)
    number(s.done)
  end
  if s.live[1] then
    number(#s.live)
    for _, claim in ipairs(s.live) do
      number(claim.summary + (claim.mark and 2 or 0))
      time(claim.fence)
      fixed(claim.nonce)
      fixed(claim.id)
      time(claim.deadline)
      if claim.mark then
        fixed(claim.mark)
      end
    end
  end
  if s.settled[1] then
    number(#s.settled)
    for _, ended in ipairs(s.settled) do
      number(ended.how)
      time(ended.fence)
      fixed(ended.id)
    end
  end
  if s.failures > 0 or s.retry_at then
    number(s.failures)
    time(s.retry_at)
  end
  if s.reset_at then
    time(s.reset_at)
  end
  if s.seen > 0 or s.held > 0 then
    number(s.seen)
    number(s.held)
    if s.held > 0 then
      time(s.first)
      time(s.last)
    end
  end
  if s.out then
    number(s.out.cause)
    time(s.out.number)
    number(s.out.held)
    time(s.out.first)
    time(s.out.last)
  end
  if s.mark then
    fixed(s.mark)
  end
  return string.char(unpack(byte))
end

local s = packed and decode(packed)
  or {fence = floor, armed = 0, done = 0, failures = 0, seen = 0, held = 0, live = {}, settled = {}}

-- What the step moves in the books, and whether it armed a key that was full.

local moved, rearmed = {}, false
local pending_before, held_before, owed_before = #s.live, s.held, s.out and s.out.held or 0

local function book(bucket, by)
  moved[bucket] = (moved[bucket] or 0) + by
end

-- The draft; see Draft.java.

local function used()
  return s.done + #s.live
end

local function next_fence(at)
  s.fence = math.max(s.fence + 1, at)
  return s.fence
end

local function remember(fence, id, how)
  table.insert(s.settled, {fence = fence, id = id, how = how})
  while #s.settled > math.max(4, limit) do
    table.remove(s.settled, 1)
  end
end

local function settle(place, id, how)
  local claim = table.remove(s.live, place)
  remember(claim.fence, id, how)
end

local function count(at, times)
  if times > 0 then
    if s.done == 0 then
      s.start = at
    end
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

local function empty_tally()
  s.held, s.first, s.last = 0, nil, nil
end

local function close_window()
  s.done, s.start, s.mark = 0, nil, nil
end

-- When what is due; see Advance.java.

local finite = window < FOREVER
local patience = finite and window or idle

local function first_deadline()
  local first = FOREVER
  for i = 1, #s.live do
    first = math.min(first, s.live[i].deadline)
  end
  return first
end

local function window_end()
  return s.done == 0 and FOREVER or s.start + window
end

local function patience_end()
  return s.done == 0 and s.held > 0 and s.first + patience or FOREVER
end

local function idle_end()
  return (finite or not s.last_seen) and FOREVER or s.last_seen + idle
end

local function close(cause, at)
  s.seen = 0
  if s.held == 0 then
    return
  end
  if digest == OFF then
    book('kept', s.held)
    empty_tally()
  elseif not s.out then
    s.out = {number = next_fence(at), held = s.held, first = s.first, last = s.last, cause = cause}
    empty_tally()
  end
end

local function arm(cause, at)
  rearmed = rearmed or s.done > 0
  close_window()
  s.failures, s.retry_at, s.reset_at = 0, nil, nil
  s.armed = s.fence
  close(cause, at)
end

local function lose(at)
  local oldest = 1
  for i = 2, #s.live do
    if s.live[i].deadline < s.live[oldest].deadline then
      oldest = i
    end
  end
  local claim = s.live[oldest]
  settle(oldest, claim.id, LOST)
  if drops == 0 then
    hold(1, at, at)
  else
    if claim.fence > s.armed then
      count(at, 1)
    end
    book('assumed', 1)
  end
end

local function advance(to)
  while true do
    local lost, reset, over = first_deadline(), s.reset_at or FOREVER, window_end()
    local failed, ended = s.out and FOREVER or patience_end(), idle_end()
    local at = math.min(lost, reset, over, failed, ended)
    if at > to then
      return
    elseif at == lost then
      lose(at)
    elseif at == reset then
      arm(RESET, at)
    elseif at == over then
      close_window()
      close(WINDOW, at)
    elseif at == failed then
      close(FAILED, at)
    else
      s.last_seen = nil
      arm(IDLE, at)
    end
  end
end

local function due_at()
  if digest ~= AT_CLOSE then
    return FOREVER
  elseif s.out then
    return 0
  end
  local due = drops == 0 and first_deadline() or FOREVER
  if s.held > 0 then
    due = math.min(due, window_end(), patience_end(), idle_end(), s.reset_at or FOREVER)
  end
  return due
end

-- Before when the state cannot be deleted; forget_at(true) also if it owes a digest, which nothing else deletes.
local function forget_at(even_owing)
  local owing = s.held > 0 or s.out or (drops == 0 and s.live[1])
  if owing and digest == AT_CLOSE and not even_owing then
    return FOREVER
  end
  local at, in_use = s.touched + lease, s.touched
  for _, claim in ipairs(s.live) do
    in_use = math.max(in_use, claim.deadline)
    at = math.max(at, in_use + patience)
  end
  at = math.max(at, s.reset_at or at, s.failures > 0 and s.retry_at + GRACE or s.retry_at or at)
  if s.done > 0 then
    at = math.max(at, finite and window_end() or idle_end())
  end
  return owing and math.max(at, in_use + patience + (digest == OFF and 0 or GRACE)) or at
end

-- The events; see Step.java.

local function live(fence, nonce)
  for place, claim in ipairs(s.live) do
    if claim.fence == fence and (not nonce or claim.nonce == nonce) then
      return place, claim
    end
  end
end

local function settled(fence)
  for _, ended in ipairs(s.settled) do
    if ended.fence == fence then
      return ended
    end
  end
end

local function is_known(id)
  for _, claim in ipairs(s.live) do
    if claim.id == id then
      return true
    end
  end
  for _, ended in ipairs(s.settled) do
    if ended.id == id then
      return true
    end
  end
end

local function done(place, claim, at)
  settle(place, claim.id, DONE)
  s.failures, s.retry_at = 0, nil
  if claim.fence > s.armed then
    count(at, 1)
    s.mark = claim.mark or s.mark
  end
end

local function count_beyond(times, at)
  local most = math.max(used(), limit)
  count(at, times)
  if used() > most then
    book('overshoot', used() - most)
  end
end

local happen = {}

function happen.offer(at, id, nonce, mark, settle_now)
  if is_known(id) then
    return book('repeated', 1)
  end
  book('in', 1)
  s.reset_at, s.last_seen, s.seen = nil, at, s.seen + 1
  if s.retry_at and at < s.retry_at or used() >= limit then
    return hold(1, at, at)
  end
  if charged == 1 then
    book('delivered', 1)
    return count(at, 1)
  end
  local summary = summary_at >= 2 and used() + 1 == summary_at and 1 or 0
  local claim = {fence = next_fence(at), nonce = nonce, id = id, deadline = at + lease, summary = summary}
  claim.mark = mark ~= '' and mark or nil
  table.insert(s.live, claim)
  if settle_now == '1' then
    book('delivered', 1)
    done(#s.live, claim, at)
  end
end

function happen.complete(at, fence, nonce)
  local place, claim = live(tonumber(fence), nonce)
  if place then
    book('delivered', 1)
    return done(place, claim, at)
  end
  local before = settled(tonumber(fence))
  if before and before.how == LOST then
    before.how = LATE
    if drops == 0 and window > 0 and before.fence > s.armed then
      count_beyond(1, at)
    end
  end
end

function happen.release(at, fence, nonce, why)
  local place, claim = live(tonumber(fence), nonce)
  if not place then
    return
  end
  settle(place, why == 'refused' and NOBODY or claim.id, BACK)
  if why == 'budget' then
    return hold(1, at, at)
  end
  book(why == 'dead' and 'dead' or 'withdrawn', 1)
  if (why == 'failed' or why == 'dead') and first_rest > 0 then
    s.failures = s.failures + 1
    local rest = first_rest
    for _ = 2, s.failures do
      if rest >= longest_rest or rest_factor == 1 then
        break
      end
      rest = rest * rest_factor
    end
    s.retry_at = at + math.floor(math.min(rest, longest_rest))
  end
end

function happen.extend(at, fence, nonce, deadline)
  local place, claim = live(tonumber(fence), nonce)
  if place then
    claim.deadline = math.max(tonumber(deadline), at)
  end
end

function happen.evict(_, fence)
  local place, claim = live(tonumber(fence))
  if place then
    book('withdrawn', 1)
    settle(place, claim.id, BACK)
  end
end

function happen.reset(at, level)
  if level ~= '' and s.mark and struct.unpack('>d', level) < struct.unpack('>d', s.mark) then
    return
  end
  if dwell == 0 then
    arm(RESET, at)
  elseif dwell > 0 and not s.reset_at and (used() > 0 or s.held > 0 or s.failures > 0) then
    s.reset_at = at + dwell
  end
end

function happen.report(at, id, completed, held, first, last)
  for _, ended in ipairs(s.settled) do
    if ended.id == id then
      return
    end
  end
  completed, held = tonumber(completed), tonumber(held)
  remember(next_fence(at), id, DONE)
  s.reset_at, s.last_seen, s.seen = nil, at, s.seen + completed + held
  book('in', completed + held)
  book('delivered', completed)
  count_beyond(completed, at)
  hold(held, math.min(tonumber(first), at), math.min(tonumber(last), at))
end

function happen.take() end

function happen.told(_, number)
  if s.out and s.out.number == tonumber(number) then
    book('reported', s.out.held)
    s.out = nil
  end
end

-- The clock: a little behind the key it stands still, far behind it was moved.

local function shift(by)
  for _, name in ipairs({'touched', 'last_seen', 'start', 'retry_at', 'reset_at', 'first', 'last'}) do
    s[name] = s[name] and s[name] - by
  end
  for _, claim in ipairs(s.live) do
    claim.deadline = claim.deadline - by
  end
  if s.out then
    s.out.first, s.out.last = s.out.first - by, s.out.last - by
  end
end

local at = now
if event == 'forget' and now < s.touched then
  return {now, 0, packed, packed}
end
local behind = s.touched and s.touched - now or 0
if behind > JITTER then
  shift(behind)
elseif behind > 0 then
  at = s.touched
end
if event ~= 'forget' then
  s.touched = at
end
advance(at)
if event ~= 'forget' then
  happen[event](at, unpack(ARGV, 8))
  advance(at)
elseif forget_at() > now then
  return {now, 0, packed, packed}
end

-- What is written.

local function write_floor()
  if s.fence > tonumber(call('HGET', KEYS[3], 'fence') or 0) then
    call('HSET', KEYS[3], 'fence', string.format('%.0f', s.fence + FLOOR_AHEAD))
    call('PEXPIRE', KEYS[3], SHARD_KEPT)
    call('PEXPIRE', KEYS[2], SHARD_KEPT)
  end
end

local function write_due(due)
  local before = call('ZSCORE', KEYS[2], key)
  if due == FOREVER then
    if before then
      call('ZREM', KEYS[2], key)
    end
  elseif tonumber(before) ~= due then
    call('ZADD', KEYS[2], string.format('%.0f', due), key)
    if not before and call('ZCARD', KEYS[2]) == 1 then
      call('PEXPIRE', KEYS[2], SHARD_KEPT)
    end
  end
end

local function write_books(pending, held, owed)
  book('pending', pending - pending_before)
  book('held', held - held_before)
  book('owed', owed - owed_before)
  for bucket, by in pairs(moved) do
    if by ~= 0 then
      call('HINCRBY', KEYS[3], ARGV[6] .. ':' .. bucket, by)
    end
  end
end

if event == 'forget' then
  book('kept', s.held + (s.out and s.out.held or 0))
  call('DEL', KEYS[1])
  write_due(FOREVER)
  write_floor()
  if ARGV[6] ~= '' then
    write_books(0, 0, 0)
  end
  return {now, 0, packed, false}
end

local after = encode(s)
local has_counts = s.live[1] or s.held > 0 or s.out
local kept = math.ceil((forget_at(true) - at) / 1000) + (has_counts and OWING_SPARE or SPARE)
call('SET', KEYS[1], after, 'PX', string.format('%.0f', kept))
write_due(due_at())
write_floor()
if ARGV[6] ~= '' then
  write_books(#s.live, s.held, s.out and s.out.held or 0)
end
if rearmed then
  call('PUBLISH', ARGV[7], key)
end
return {now, floor, packed or false, after}
