/**
 * Who waits, in fair order; `memory/waiting-line.ts` in Lua. QUEUE holds the common time and the sums; it exists while anybody has a
 * place or is remembered.
 */
export const waitingLine = `
local VIRTUAL, ARRIVALS, SUM_INPUT, SUM_OUTPUT, INTERACTIVE = 1, 2, 3, 4, 5
local ARRIVAL_STEP = 0.001
local WAITER = '<dddddd'
local queue = isEmpty and { 0, 0, 0, 0, 0 } or { struct.unpack('<ddddd', stored[2]) }

local function saveQueue()
  isEmpty = false
  redis.call('SET', QUEUE, struct.pack('<ddddd', unpack(queue, 1, 5)), 'PX', LINE_TTL)
end

local function saveWaiter(id, waiter)
  local numbers = struct.pack(WAITER, waiter.tag, waiter.wake, waiter.input, waiter.output, waiter.share, 0)
  redis.call('HSET', WAITERS, id, numbers .. waiter.lane)
end

local function toWaiter(id, text)
  local tag, wake, input, output, share = struct.unpack(WAITER, text)
  return { id = id, tag = tag, wake = wake, input = input, output = output, share = share, lane = string.sub(text, 49) }
end

local function getWaiter(id)
  local text = redis.call('HGET', WAITERS, id)
  return text and toWaiter(id, text) or nil
end

-- How many of the line somebody waits for: lanes say it with their first letter.
local function countInteractive(waiter, difference)
  if string.sub(waiter.lane, 1, 1) == 'i' then queue[INTERACTIVE] = queue[INTERACTIVE] + difference end
end

local function stepIn(waiter, wake)
  waiter.wake = wake
  redis.call('ZADD', LINE, waiter.tag, waiter.id)
  redis.call('ZADD', WAKES, wake, waiter.id)
  queue[SUM_INPUT] = queue[SUM_INPUT] + waiter.input
  queue[SUM_OUTPUT] = queue[SUM_OUTPUT] + waiter.output
  countInteractive(waiter, 1)
end

local function stepOut(waiter)
  if redis.call('ZREM', LINE, waiter.id) == 0 then return end
  redis.call('ZREM', WAKES, waiter.id)
  queue[SUM_INPUT] = queue[SUM_INPUT] - waiter.input
  queue[SUM_OUTPUT] = queue[SUM_OUTPUT] - waiter.output
  countInteractive(waiter, -1)
end

-- When nobody has a place any more, the common time begins anew.
local function saveOrRestartQueue()
  if redis.call('EXISTS', WAITERS) == 1 then
    redis.call('ZREMRANGEBYSCORE', LANES, '-inf', queue[VIRTUAL])
    saveQueue()
  else
    redis.call('DEL', QUEUE, LANES, LINE, WAKES, LATE)
    isEmpty = true
    queue = { 0, 0, 0, 0, 0 }
  end
end

-- What the lane was charged for a turn it did not take is given back.
local function forget(waiter)
  stepOut(waiter)
  redis.call('ZREM', LATE, waiter.id)
  redis.call('HDEL', WAITERS, waiter.id)
  local clock = redis.call('ZSCORE', LANES, waiter.lane)
  if clock then redis.call('ZADD', LANES, clock - waiter.share, waiter.lane) end
  saveOrRestartQueue()
end

-- Those that did not come in time no longer stand in the line; later their places are forgotten.
local function sweepLine()
  if isEmpty then return end
  local overdue = redis.call('ZRANGEBYSCORE', WAKES, '-inf', now - GRACE_MS, 'LIMIT', 0, SWEEP_AT_ONCE)
  for _, id in ipairs(overdue) do
    local waiter = getWaiter(id)
    if waiter then
      stepOut(waiter)
      redis.call('ZADD', LATE, waiter.wake + GRACE_MS + FORGET_MS, id)
    else
      redis.call('ZREM', WAKES, id)
    end
  end
  if #overdue > 0 then
    redis.call('PEXPIRE', LATE, LINE_TTL)
    saveQueue()
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', LATE, '-inf', now, 'LIMIT', 0, SWEEP_AT_ONCE)) do
    local waiter = getWaiter(id)
    if waiter then forget(waiter) else redis.call('ZREM', LATE, id) end
  end
end

-- The waiter of that name, with what it is thought to take now; one that is late stands where it stood.
local function find(id, input, output)
  if isEmpty then return nil end
  local waiter = getWaiter(id)
  if not waiter then return nil end
  local isLate = redis.call('ZREM', LATE, id) == 1
  if not isLate and waiter.input == input and waiter.output == output then return waiter end
  if not isLate then
    queue[SUM_INPUT] = queue[SUM_INPUT] + input - waiter.input
    queue[SUM_OUTPUT] = queue[SUM_OUTPUT] + output - waiter.output
  end
  waiter.input, waiter.output = input, output
  if isLate then stepIn(waiter, now) end
  saveWaiter(id, waiter)
  saveQueue()
  return waiter
end

-- Where a newcomer would stand.
local function tagOf(lane, background, share)
  local start, clock = queue[VIRTUAL], nil
  if background then
    local delay = BACKGROUND_DELAY_MS
    if not isEmpty then delay = delay / math.max(1, redis.call('ZCARD', LANES)) end
    if queue[INTERACTIVE] == 0 then delay = math.min(delay, share) end
    start = start + delay
  end
  if not isEmpty then clock = redis.call('ZSCORE', LANES, lane) end
  return math.max(start, tonumber(clock) or start) + queue[ARRIVALS] * ARRIVAL_STEP
end

-- How many stand before that tag.
local function aheadOf(tag)
  if isEmpty then return 0 end
  return redis.call('ZCOUNT', LINE, '-inf', '(' .. text(tag))
end

-- Expected input and output of so many waiters.
local function tokensOf(count)
  if count == 0 then return 0, 0 end
  local each = count / math.max(1, redis.call('ZCARD', LINE))
  return queue[SUM_INPUT] * each, queue[SUM_OUTPUT] * each
end

-- Those before a tag whose turn must not be taken, in the order in which they will come.
local function protectedFrom(tag)
  local ids = redis.call('ZRANGE', LINE, 0, PROTECTED_PLACES - 1)
  local seen = {}
  for _, id in ipairs(ids) do seen[id] = true end
  local from, to = '(' .. text(now - GRACE_MS), text(now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', WAKES, from, to, 'LIMIT', 0, DUE_PLACES)) do
    if not seen[id] then ids[#ids + 1] = id end
  end
  local others = {}
  if #ids == 0 then return others end
  for index, value in ipairs(redis.call('HMGET', WAITERS, unpack(ids))) do
    local waiter = value and toWaiter(ids[index], value)
    if waiter and waiter.tag < tag then others[#others + 1] = waiter end
  end
  table.sort(others, function(one, other)
    if one.wake ~= other.wake then return one.wake < other.wake end
    return one.tag < other.tag
  end)
  return others
end

local function enter(waiter, wake)
  if not isEmpty and redis.call('ZCARD', LINE) >= LONGEST_LINE then return end
  queue[ARRIVALS] = queue[ARRIVALS] + 1
  redis.call('ZADD', LANES, waiter.tag + waiter.share, waiter.lane)
  stepIn(waiter, wake)
  saveWaiter(waiter.id, waiter)
  saveQueue()
  for _, key in ipairs({ LINE, WAITERS, WAKES, LANES }) do redis.call('PEXPIRE', key, LINE_TTL) end
end

local function comeBackAt(waiter, wake)
  waiter.wake = wake
  redis.call('ZADD', WAKES, wake, waiter.id)
  saveWaiter(waiter.id, waiter)
end

-- It is the turn of somebody at that tag; the common time follows the first of the line.
local function serve(waiter, lane, share, tag)
  if isEmpty then return end
  if waiter then
    stepOut(waiter)
    redis.call('HDEL', WAITERS, waiter.id)
  else
    queue[ARRIVALS] = queue[ARRIVALS] + 1
    redis.call('ZADD', LANES, tag + share, lane)
  end
  local first = redis.call('ZRANGE', LINE, 0, 0, 'WITHSCORES')
  queue[VIRTUAL] = math.max(queue[VIRTUAL], math.min(tag, tonumber(first[2]) or tag))
  saveOrRestartQueue()
end
`;
