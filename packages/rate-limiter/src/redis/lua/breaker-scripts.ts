import * as rules from '../../breakers/breaker-rules.js';

const constants = Object.entries(rules)
  .map(([name, value]) => `local ${name} = ${value}`)
  .join('\n');

/** KEYS: the breaker. ARGV: clock or ''. The breaker is one string of doubles: until, rest, probe until, then slot, succeeded, failed. */
const breaker = `
${constants}
local FORMAT = '<' .. string.rep('d', 3 + FAILURE_SLOTS * 3)
local SLOT_MS = FAILURE_WINDOW_MS / FAILURE_SLOTS
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local stored = redis.call('GET', KEYS[1])
local b = {}
if stored then
  b = { struct.unpack(FORMAT, stored) }
else
  for field = 1, 3 + FAILURE_SLOTS * 3 do b[field] = 0 end
end
local UNTIL, REST, PROBE_UNTIL = 1, 2, 3
local function save()
  local ttl = FAILURE_WINDOW_MS + PROBE_LEASE_MS + LONGEST_REST_MS + math.max(0, b[UNTIL] - now)
  redis.call('SET', KEYS[1], struct.pack(FORMAT, unpack(b, 1, 3 + FAILURE_SLOTS * 3)), 'PX', math.ceil(ttl))
end
local function rest(restMs)
  b[REST], b[UNTIL], b[PROBE_UNTIL] = restMs, now + restMs, 0
end
local function tell(succeeded, failed)
  if succeeded + failed == 0 then return end
  if b[UNTIL] > 0 then
    -- What was sent before the route was left alone tells nothing new.
    if now < b[UNTIL] then return end
    if failed > 0 then
      rest(math.min(LONGEST_REST_MS, b[REST] * 2))
    else
      for field = 1, 3 + FAILURE_SLOTS * 3 do b[field] = 0 end
    end
    return save()
  end
  local slot = math.floor(now / SLOT_MS)
  local index = 4 + (slot % FAILURE_SLOTS) * 3
  if b[index] ~= slot then b[index], b[index + 1], b[index + 2] = slot, 0, 0 end
  b[index + 1] = b[index + 1] + succeeded
  b[index + 2] = b[index + 2] + failed
  local total, failures = 0, 0
  for one = 4, 1 + FAILURE_SLOTS * 3, 3 do
    if b[one] > slot - FAILURE_SLOTS then
      failures = failures + b[one + 2]
      total = total + b[one + 1] + b[one + 2]
    end
  end
  if failed > 0 and total >= LEAST_CALLS and failures >= total * FAILURE_SHARE then rest(FIRST_REST_MS) end
  save()
end
`;

/** ARGV: clock, successes and failures to count first. Gives how long to keep away, and whether this call is a probe. */
const ask = `
tell(tonumber(ARGV[2]), tonumber(ARGV[3]))
if b[UNTIL] == 0 then return { 0, 0 } end
local blockedUntil = math.max(b[UNTIL], b[PROBE_UNTIL])
if now < blockedUntil then return { math.ceil(blockedUntil - now), 0 } end
b[PROBE_UNTIL] = now + PROBE_LEASE_MS
save()
return { 0, 1 }
`;

const tell = `
tell(tonumber(ARGV[2]), tonumber(ARGV[3]))
return b[UNTIL] > 0 and 1 or 0
`;

/** KEYS: a provider's condemned accounts. ARGV: clock, and to condemn one: its name and for how many milliseconds. */
const condemned = `
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
if ARGV[2] then
  redis.call('ZADD', KEYS[1], 'GT', now + tonumber(ARGV[3]), ARGV[2])
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(last[2]) - now) + 1)
end

local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.17g', now), '+inf', 'WITHSCORES')
for index = 2, #entries, 2 do entries[index] = math.ceil(tonumber(entries[index]) - now) end
return entries
`;

export const breakerScripts = { ask: breaker + ask, tell: breaker + tell, condemned };
