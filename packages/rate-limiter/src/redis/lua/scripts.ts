import { beginning, calls, ending, pause } from './calls.js';
import { constants } from './constants.js';
import { head } from './head.js';
import { correction, rateWindow, waiting } from './rate-window.js';
import { waitingLine } from './waiting-line.js';

const common = [constants, head, rateWindow, calls].join('\n');

/** Places of LimitDimension in a reply: the rate dimensions from 1 to 5, then these. */
const CONCURRENCY = 6;
const PENALTY = 7;
const LINE = 8;

const decide = `
local id, mode, lane = ARGV[OWN + 1], ARGV[OWN + 2], ARGV[OWN + 3]
local background, weight = ARGV[OWN + 4] == '1', tonumber(ARGV[OWN + 5])
local input, output = tonumber(ARGV[OWN + 6]), tonumber(ARGV[OWN + 7])
local costs = costsOf(input, output, 1)
local asks = mode == 'acquire'

${beginning}
if asks then
  if h[SWEEP_AT] <= now then
    sweepLeases()
    expireCalls()
    h[SWEEP_AT] = now + rings[1].slotMs
  end
end

local function admit()
  if asks and not hold(id, input, output) then
    if changed then saveWindows() end
    return reply(1)
  end
  for _, w in ipairs(windows) do
    local cost = costs[w.dimension]
    if cost > 0 then take(w, cost) end
  end
  h[SEQUENCE] = h[SEQUENCE] + 1
  saveWindows()
  return reply(1)
end

if mode == 'record' then return admit() end

-- Most calls find nobody waiting and room enough.
if asks and isEmpty and h[UNTIL] <= now and freePlaces() >= 1 then
  local fit = true
  for _, w in ipairs(windows) do
    local cost = costs[w.dimension]
    fit = fit and (cost == 0 or fits(w, cost))
  end
  if fit then return admit() end
end
${waiting}
${waitingLine}
${pause}
if asks then
  local call = getCall(id)
  if call then
    keep(id, call)
    if changed then saveWindows() end
    return reply(1)
  end
  sweepLine()
end

-- How long the scope works for such a call when it does nothing else: milliseconds of its tightest limit.
local work = 0
for _, w in ipairs(windows) do work = math.max(work, costs[w.dimension] / w.limit * w.ring.windowMs) end
if work == 0 then work = LONGEST_TURN_MS end
local share = work / (weight * (background and BACKGROUND_WEIGHT or 1))

local waiter = asks and find(id, input, output) or nil
local tag = waiter and waiter.tag or tagOf(lane, background, share)
local ahead = aheadOf(tag)

-- Whether those that are ahead will still find what they need, each when it comes.
local function coversOthers(free)
  local others = protectedFrom(tag)
  local due = 0
  for _, other in ipairs(others) do
    if other.wake <= now then due = due + 1 end
    other.costs = costsOf(other.input, other.output, 1)
  end
  if free < due + 1 then return false end
  for _, w in ipairs(windows) do
    local own, before = costs[w.dimension], 0
    if own > 0 then
      for _, other in ipairs(others) do
        local theirs = other.costs[w.dimension]
        if not leavesEnough(w, own, before, theirs, math.max(0, other.wake - now)) then return false end
        before = before + theirs
      end
    end
  end
  return true
end

-- What holds the call back now; of several the one that will take longest.
local function bindingDimension()
  if pausedFor(ahead == 0) > 0 then return ${PENALTY} end
  local free = freePlaces()
  if free < 1 then return ${CONCURRENCY} end
  local slowest, longest = nil, -1
  for _, w in ipairs(windows) do
    local cost = costs[w.dimension]
    if cost > 0 and not fits(w, cost) then
      local wait = waitFor(w, cost, 0)
      if wait > longest then slowest, longest = w.dimension, wait end
    end
  end
  if slowest then return slowest end
  if ahead > 0 and not coversOthers(free) then return ${LINE} end
  return nil
end

local function waitForTurn(binding)
  local lineInput, lineOutput = tokensOf(ahead)
  local costsAhead = costsOf(lineInput * h[LEARNED_INPUT], lineOutput * h[LEARNED_OUTPUT], ahead)
  local wait = binding == ${LINE} and LEAST_WAIT_MS or 0
  for _, w in ipairs(windows) do
    local cost = costs[w.dimension]
    if cost > 0 then wait = math.max(wait, waitFor(w, cost, costsAhead[w.dimension])) end
  end
  if binding == ${CONCURRENCY} then
    local turn = math.min(LONGEST_TURN_MS, math.max(LEAST_TURN_MS, h[DURATION] / maxConcurrency))
    wait = math.max(wait, (ahead + 0.5) * turn)
  end
  if binding == ${PENALTY} then wait = math.max(wait, pausedFor(ahead == 0) + ahead * PAUSE_SPACING_MS) end
  if ahead > 0 and wait > EXACT_WAIT_MS then wait = wait - (wait - EXACT_WAIT_MS) / 10 end
  return math.max(1, math.ceil(wait - TOLERANCE))
end

local binding = bindingDimension()
if binding then
  local wait = waitForTurn(binding)
  if changed or (asks and isNew) then saveWindows() end
  if asks then
    if waiter then
      comeBackAt(waiter, now + wait)
    else
      enter({ id = id, lane = lane, share = share, input = input, output = output, tag = tag }, now + wait)
    end
  end
  return reply(0, wait, binding, ahead + 1)
end
if asks then
  passPause()
  serve(waiter, lane, share, tag)
  return admit()
end
if changed then saveWindows() end
return reply(1)
`;

const settle = `
${correction}
${ending}
local id = ARGV[OWN + 1]
local call = getCall(id)
if call then
  local input, output = tonumber(ARGV[OWN + 2]), tonumber(ARGV[OWN + 3])
  release(id)
  amendAll(call, costsOf(input, output, 1))
  learn(LEARNED_INPUT, call.input, input)
  learn(LEARNED_OUTPUT, call.output, output)
  h[DURATION] = h[DURATION] + LEARNING_RATE * (now - call.at - h[DURATION])
  changed = true
end
if changed then saveWindows() end
return reply(1)
`;

const leave = `
${correction}
${ending}
${waitingLine}
local id = ARGV[OWN + 1]
local call = getCall(id)
if call then
  release(id)
  amendAll(call, costsOf(0, 0, 0))
  changed = true
end
local waiter = not isEmpty and getWaiter(id)
if waiter then forget(waiter) end
if changed then saveWindows() end
return reply(1)
`;

const renew = `
${beginning}
for index = OWN + 1, #ARGV do
  local call = getCall(ARGV[index])
  if call then keep(ARGV[index], call) end
end
expireCalls()
if changed then saveWindows() end
return reply(1)
`;

const tighten = `
local pauseMs, succeeded = tonumber(ARGV[OWN + 1]) or 0, ARGV[OWN + 2] == '1'
if pauseMs > 0 then
  if h[UNTIL] <= now then h[SINCE], h[PROBE_AT] = now, now + UNPROBED_PAUSE_MS end
  h[UNTIL] = math.max(h[UNTIL], now + pauseMs)
  h[PROBING] = 0
  changed = true
elseif succeeded and h[PROBING] == 1 then
  h[UNTIL], h[PROBING] = 0, 0
  changed = true
end
for _, w in ipairs(windows) do
  local level = tonumber(ARGV[OWN + 2 + w.dimension])
  if level and level < w.level then
    w.level = level
    changed = true
  end
end
if changed then saveWindows() end
return reply(1)
`;

const forgive = `
h[UNTIL], h[PROBING] = 0, 0
saveWindows()
return reply(1)
`;

const state = `
local left = {}
for rate = 1, RATES do left[rate] = -1 end
for _, w in ipairs(windows) do left[w.dimension] = math.max(0, math.floor(w.limit - w.sum)) end
local underWay = redis.call('ZCOUNT', LEASES, '(' .. text(now), '+inf')
local pausedMs = math.ceil(math.max(0, h[UNTIL] - now))
if changed then saveWindows() end
return { 1, h[SEQUENCE], isKept and h[EPOCH] or 0, processes, underWay, redis.call('ZCARD', LINE), pausedMs, unpack(left) }
`;

/** One Lua script for each thing that is done to a scope. All take the same keys and the same first arguments. */
export const scripts = {
  decide: common + decide,
  settle: common + settle,
  leave: common + leave,
  renew: common + renew,
  tighten: common + tighten,
  forgive: common + forgive,
  state: common + state,
};

export type ScriptName = keyof typeof scripts;
