import { usingUp } from './rate-window.js';

/** Calls under way, the pause, and what a process that lost the store or its contents says; `memory/memory-scope.ts` in Lua. */
export const calls = `
local CALL = '<dddd' -- input, output, when it began, until when it lives

local function text(number)
  return string.format('%.17g', number)
end

local function release(id)
  h[UNDER_WAY] = math.max(0, h[UNDER_WAY] - redis.call('HDEL', CALLS, id))
  redis.call('ZREM', LEASES, id)
end

local function getCall(id)
  local packed = redis.call('HGET', CALLS, id)
  if not packed then return nil end
  local input, output, at, lease = struct.unpack(CALL, packed)
  if lease <= now then
    release(id)
    return nil
  end
  return { input = input, output = output, at = at }
end

-- What the process knew last: which state it was, how many decisions old, and how long ago that was.
local knownEpoch, knownSequence, knownAge = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local newEpoch, processId, outage = tonumber(ARGV[13]), ARGV[14], ARGV[15]

local processes = -1
if processId ~= '' then
  redis.call('ZADD', PROCESSES, now + LEASE_MS, processId)
  redis.call('ZREMRANGEBYSCORE', PROCESSES, '-inf', now)
  redis.call('PEXPIRE', PROCESSES, 4 * LEASE_MS)
  processes = redis.call('ZCARD', PROCESSES)
end

-- Without a wait: how long the provider still asks for a pause.
local function reply(code, wait, dimension, position)
  return { code, h[SEQUENCE], isKept and h[EPOCH] or 0, processes, wait or math.ceil(math.max(0, h[UNTIL] - now)), dimension or 0, position or 0 }
end

local changed = wentBack
if outage ~= '' or (knownEpoch > 0 and (h[EPOCH] ~= knownEpoch or h[SEQUENCE] < knownSequence)) then
${usingUp}
local function useUp()
  for _, w in ipairs(windows) do
    if knownAge < GUARD_SLOTS * w.ring.slotMs then fullyUse(w) end
  end
  h[EPOCH], h[SEEDED] = newEpoch, now
end

local function noticeLoss()
  local other = h[EPOCH] ~= knownEpoch and h[SEEDED] == 0
  local older = h[EPOCH] == knownEpoch and h[SEQUENCE] < knownSequence
  if h[EPOCH] == 0 then h[EPOCH] = newEpoch end
  if knownEpoch == 0 or not (other or older) then return false end
  useUp()
  return true
end

-- Whether another process reached the store after this one was cut off, and well before it came back.
local function othersWereHere(began)
  local margin = 2 * rings[1].slotMs
  local from, to = text(began + margin + LEASE_MS), text(now - margin + LEASE_MS)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', PROCESSES, from, to)) do
    if id ~= processId then return true end
  end
  return false
end

-- A process comes back that granted calls by itself: "<milliseconds since it was cut off> <requests> <input> <output>".
local function noticeOutage()
  if outage == '' then return false end
  local sinceMs, requests, input, output = string.match(outage, '(%S+) (%S+) (%S+) (%S+)')
  local began = now - tonumber(sinceMs)
  if h[SEEDED] >= began then return false end
  if not othersWereHere(began) then
    -- All were cut off, and the others, too, will have used their shares.
    useUp()
    return true
  end
  local costs = costsOf(tonumber(input), tonumber(output), tonumber(requests))
  for _, w in ipairs(windows) do
    loadRing(w.ring)
    take(w, costs[w.dimension])
    bound(w)
  end
  return true
end
  local lost = noticeLoss()
  local told = noticeOutage()
  changed = changed or lost or told
end
if h[EPOCH] == 0 then h[EPOCH] = newEpoch end
`;

/** A call begins. */
export const beginning = `
-- A call that nobody speaks for stays counted as it was estimated; only its place is free.
local function sweepLeases()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', now, 'LIMIT', 0, SWEEP_AT_ONCE)) do release(id) end
  h[UNDER_WAY] = redis.call('ZCARD', LEASES)
end

local function expireCalls()
  redis.call('PEXPIRE', CALLS, 4 * LEASE_MS)
  redis.call('PEXPIRE', LEASES, 4 * LEASE_MS)
end

-- Speaks for a call.
local function keep(id, call)
  redis.call('HSET', CALLS, id, struct.pack(CALL, call.input, call.output, call.at, now + LEASE_MS))
  redis.call('ZADD', LEASES, now + LEASE_MS, id)
end

-- False when the call is under way already.
local function hold(id, input, output)
  if redis.call('HSETNX', CALLS, id, struct.pack(CALL, input, output, now, now + LEASE_MS)) == 0 then
    local call = getCall(id)
    if call then
      keep(id, call)
      return false
    end
    redis.call('HSET', CALLS, id, struct.pack(CALL, input, output, now, now + LEASE_MS))
  end
  redis.call('ZADD', LEASES, now + LEASE_MS, id)
  if h[UNDER_WAY] == 0 then expireCalls() end
  h[UNDER_WAY] = h[UNDER_WAY] + 1
  return true
end

local function freePlaces()
  if h[UNDER_WAY] >= maxConcurrency then sweepLeases() end
  return maxConcurrency - h[UNDER_WAY]
end
`;

/** A call is over. */
export const ending = `
local function amendAll(call, costs)
  local before = costsOf(call.input, call.output, 1)
  for _, w in ipairs(windows) do
    local difference = costs[w.dimension] - before[w.dimension]
    if difference ~= 0 then amend(w, difference, call.at) end
  end
end

local function learn(field, estimated, actual)
  if estimated > 0 then h[field] = h[field] + LEARNING_RATE * (actual / estimated - h[field]) end
end
`;

/** The pause that a provider asked for. */
export const pause = `
-- Milliseconds until a call may pass; the first in the line may come for a probe.
local function pausedFor(isFirst)
  local till = h[UNTIL]
  if isFirst then till = math.min(till, h[PROBE_AT]) end
  if h[UNTIL] > now then return math.max(0, till - now) end
  return 0
end

local function passPause()
  if h[UNTIL] <= now then return end
  h[PROBING] = 1
  h[PROBE_AT] = now + math.max(PROBE_INTERVAL_MS, (now - h[SINCE]) * PROBE_INTERVAL_SHARE)
end
`;
