/**
 * KEYS: pauses of scopes without limits, by their ends. ARGV: clock or '', and to tell of one: its scope and for how many milliseconds
 * it still lasts; 0 ends it. Gives all, each with its milliseconds.
 */
export const pausesScript = `
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
if ARGV[2] then
  local pauseMs = tonumber(ARGV[3])
  if pauseMs > 0 then redis.call('ZADD', KEYS[1], now + pauseMs, ARGV[2]) else redis.call('ZREM', KEYS[1], ARGV[2]) end
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  if last[2] then redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(last[2]) - now) + 1) end
end

local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.17g', now), '+inf', 'WITHSCORES')
for index = 2, #entries, 2 do entries[index] = math.ceil(tonumber(entries[index]) - now) end
return entries
`;
