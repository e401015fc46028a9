const RATES = 5;
/** Of each window: its level, its sum, when both were true, what was taken in the slot of that time, and until when it is cold. */
const WINDOW_FIELDS = 5;
const FIELDS = 14 + RATES * WINDOW_FIELDS;

/**
 * What every script begins with: the keys of the scope, the arguments that all scripts share, the time, and the head: one string of
 * doubles that holds all counters of the scope, because reading one string is many times cheaper than reading thirty fields.
 */
export const head = `
local HEAD, MINUTE, DAY, CALLS, LEASES, QUEUE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local LINE, WAITERS, WAKES, LATE, LANES, PROCESSES = KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local minuteMs, dayMs = tonumber(ARGV[2]), tonumber(ARGV[3])
local limits = { tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]) }
local maxConcurrency = tonumber(ARGV[9]) or math.huge
local OWN = 15 -- arguments before those of the script itself
local RATES = ${RATES}
local LINE_TTL = 172800000 -- milliseconds; longer than any wait

local EPOCH, SEQUENCE, TIME, SKEW, SEEDED, UNTIL, SINCE, PROBE_AT, PROBING = 1, 2, 3, 4, 5, 6, 7, 8, 9
local LEARNED_INPUT, LEARNED_OUTPUT, DURATION, SWEEP_AT, UNDER_WAY = 10, 11, 12, 13, 14
local FIRST_WINDOW = 14 -- the last field before those of the windows
local WINDOW_FIELDS = ${WINDOW_FIELDS}
local FIELDS = ${FIELDS}
local HEAD_FORMAT = '<${'d'.repeat(FIELDS)}'

local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end

local stored = redis.call('MGET', HEAD, QUEUE)
local h, isNew
local isEmpty = not stored[2] -- the line
if stored[1] then
  h = { struct.unpack(HEAD_FORMAT, stored[1]) }
else
  isNew = true
  h = {}
  for field = 1, FIELDS do h[field] = 0 end
  h[LEARNED_INPUT], h[LEARNED_OUTPUT], h[DURATION] = 1, 1, LONGEST_TURN_MS
end

-- The time never goes back: when the clock does, it goes on from where it was.
local wentBack = now + h[SKEW] < h[TIME]
if wentBack then h[SKEW] = h[TIME] - now end
now = now + h[SKEW]

local isKept = not isNew
local savedAt, pausedTill = h[TIME], h[UNTIL]

-- In place where that will do, which costs the server less: when it expires is told anew with each slot.
local function saveHead()
  h[TIME] = now
  local packed = struct.pack(HEAD_FORMAT, unpack(h, 1, FIELDS))
  local slotMs = minuteMs / SLOTS_PER_WINDOW
  if isKept and math.floor(savedAt / slotMs) == math.floor(now / slotMs) and h[UNTIL] <= pausedTill then
    redis.call('SETRANGE', HEAD, 0, packed)
  else
    local ttl = 4 * math.max(minuteMs, LEASE_MS, limits[RATES] and dayMs or 0)
    if h[UNTIL] > now then ttl = math.max(ttl, h[UNTIL] - now + 4 * minuteMs) end
    redis.call('SET', HEAD, packed, 'PX', math.ceil(ttl))
  end
  isKept = true
end

-- What a call, or several, take of each rate dimension.
local function costsOf(input, output, calls)
  return { calls, input + output, input, output, calls }
end
`;
