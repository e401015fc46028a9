import { GUARD_SLOTS } from '../../rules/timing.js';

/**
 * A limit's bucket and ring of slots; `memory/rate-window.ts` in Lua. The rings are strings of doubles: one for the four dimensions of
 * a minute, slot by slot, and one for the day. What was taken in the newest slot is in the head and comes into the ring when the next
 * slot begins, so that most calls do not touch the rings.
 */
export const rateWindow = `
local rings = {
  {
    key = MINUTE, width = 4, windowMs = minuteMs, slotMs = minuteMs / SLOTS_PER_WINDOW, amounts = {}, dirty = {},
    slotFormat = '<dddd', format = '<${'d'.repeat(GUARD_SLOTS * 4)}', whole = false, changed = false,
  },
}
if limits[RATES] then
  rings[2] = {
    key = DAY, width = 1, windowMs = dayMs, slotMs = dayMs / SLOTS_PER_WINDOW, amounts = {}, dirty = {},
    slotFormat = '<d', format = '<${'d'.repeat(GUARD_SLOTS)}', whole = false, changed = false,
  }
end

local function loadRing(ring)
  if ring.whole then return end
  local size = GUARD_SLOTS * ring.width
  local text = redis.call('GET', ring.key)
  if text and #text == size * 8 then
    ring.amounts = { struct.unpack(ring.format, text) }
  else
    for index = 1, size do ring.amounts[index] = 0 end
  end
  ring.whole = true
end

-- The index before the slot's first dimension; reads the slot where the ring was not read.
local function indexOf(ring, slot)
  local index = (slot % GUARD_SLOTS) * ring.width
  if ring.amounts[index + 1] == nil then
    local text = redis.call('GETRANGE', ring.key, index * 8, (index + ring.width) * 8 - 1)
    if #text == ring.width * 8 then
      local values = { struct.unpack(ring.slotFormat, text) }
      for column = 1, ring.width do ring.amounts[index + column] = values[column] end
    else
      for column = 1, ring.width do ring.amounts[index + column] = 0 end
    end
  end
  return index
end

local function saveRings()
  for _, ring in ipairs(rings) do
    if ring.whole and ring.changed then
      local text = struct.pack(ring.format, unpack(ring.amounts, 1, GUARD_SLOTS * ring.width))
      redis.call('SET', ring.key, text, 'PX', math.ceil(4 * ring.windowMs))
    elseif ring.changed then
      for index in pairs(ring.dirty) do
        local text = struct.pack(ring.slotFormat, unpack(ring.amounts, index + 1, index + ring.width))
        redis.call('SETRANGE', ring.key, index * 8, text)
      end
    end
  end
end

local function amountOf(w, slot)
  if slot == w.newest then return w.fresh end
  return w.ring.amounts[indexOf(w.ring, slot) + w.column]
end

local function addTo(w, slot, amount)
  w.sum = w.sum + amount
  if slot == w.newest then
    w.fresh = w.fresh + amount
    return
  end
  local index = indexOf(w.ring, slot)
  w.ring.amounts[index + w.column] = w.ring.amounts[index + w.column] + amount
  w.ring.dirty[index], w.ring.changed = true, true
end

local function leavesAt(w, slot)
  return (slot + GUARD_SLOTS) * w.ring.slotMs
end

-- A bucket that waits for the window holds one request, so that a limit of one a minute is not halved.
local function bounded(w, level, left)
  return math.min(level, w.capacity, math.max(left, w.dimension == 1 and 1 or 0))
end

local function bound(w)
  if w.smooth then
    w.level = bounded(w, w.level, w.limit - w.sum)
  else
    w.level = w.limit - w.sum
  end
end

-- What flows into the bucket between two times. Less while what went at once after a quiet time is in the window.
local function filled(w, from, to)
  local coldFor = math.max(0, math.min(to, w.coldUntil) - from)
  return math.max(0, to - from) * w.rate - coldFor * w.rate * w.heldBack
end

local function refill(w, to)
  w.level = w.level + filled(w, w.at, to)
  w.at = to
  bound(w)
end

local function advance(w)
  local slotMs = w.ring.slotMs
  local from, to = math.floor(w.at / slotMs), w.newest
  if to > from then
    loadRing(w.ring)
    w.ring.amounts[indexOf(w.ring, from) + w.column] = w.fresh
    w.ring.changed = w.ring.changed or w.fresh ~= 0
    w.fresh = 0
    local first = from - GUARD_SLOTS + 1
    local last = math.min(to - GUARD_SLOTS, from)
    for slot = first, last do
      local index = indexOf(w.ring, slot) + w.column
      local amount = w.ring.amounts[index]
      if amount ~= 0 then
        refill(w, leavesAt(w, slot))
        w.sum = w.sum - amount
        w.ring.amounts[index] = 0
        w.ring.changed = true
      end
    end
    if last == from then w.sum = 0 end
  end
  refill(w, now)
end

-- The windows of the limits that are set, as they are now.
local windows = {}
for rate = 1, RATES do
  local limit = limits[rate]
  if limit then
    local smooth = rate < RATES
    local ring = rings[smooth and 1 or 2]
    local field = FIRST_WINDOW + (rate - 1) * WINDOW_FIELDS
    local capacity = limit
    if smooth then capacity = math.min(limit, math.max(rate == 1 and SMALLEST_BURST or 0, limit * BURST_SHARE)) end
    local w = {
      dimension = rate, limit = limit, smooth = smooth, field = field, ring = ring, column = smooth and rate or 1,
      capacity = capacity, rate = limit / (GUARD_SLOTS * ring.slotMs),
      level = h[field + 1], sum = h[field + 2], at = h[field + 3],
      newest = math.floor(now / ring.slotMs), fresh = h[field + 4], coldUntil = h[field + 5],
      heldBack = smooth and capacity <= limit * BURST_SHARE and BURST_SHARE or 0,
    }
    if w.at == 0 then
      w.level, w.sum, w.at, w.fresh, w.coldUntil = w.capacity, 0, now, 0, 0
      loadRing(w.ring)
      w.ring.changed = true
      for index = w.column, GUARD_SLOTS * w.ring.width, w.ring.width do w.ring.amounts[index] = 0 end
    else
      advance(w)
    end
    windows[#windows + 1] = w
  end
end

local function saveWindows()
  for _, w in ipairs(windows) do
    h[w.field + 1], h[w.field + 2], h[w.field + 3] = w.level, w.sum, w.at
    h[w.field + 4], h[w.field + 5] = w.fresh, w.coldUntil
  end
  saveRings()
  saveHead()
end

local function fits(w, cost)
  return w.level + TOLERANCE >= math.min(cost, w.capacity) and w.limit - w.sum + TOLERANCE >= cost
end

local function take(w, cost)
  if w.sum <= TOLERANCE then w.coldUntil = leavesAt(w, w.newest) end
  addTo(w, math.floor(now / w.ring.slotMs), cost)
  w.level = w.level - cost
end
`;

/** For what is known only after a call. */
export const correction = `
-- Corrects what was taken at a time; what has left the window can only make debt.
local function amend(w, difference, takenAt)
  local slot = math.floor(takenAt / w.ring.slotMs)
  local counted = slot > math.floor(now / w.ring.slotMs) - GUARD_SLOTS
  -- A limit may be younger than the call, which then was never counted.
  local correction = math.max(difference, counted and -amountOf(w, slot) or 0)
  if counted then addTo(w, slot, correction) end
  w.level = w.level - correction
  bound(w)
end
`;

/** For when a call cannot go at once. */
export const waiting = `
local function freedBy(w, time)
  loadRing(w.ring)
  local newest = math.floor(now / w.ring.slotMs)
  local last = math.min(math.floor(time / w.ring.slotMs) - GUARD_SLOTS, newest)
  local freed = 0
  for slot = newest - GUARD_SLOTS + 1, last do freed = freed + amountOf(w, slot) end
  return freed
end

-- Whether a call can go now so that one that is ahead of it still finds what it needs when it comes.
local function leavesEnough(w, own, others, theirs, afterMs)
  local needed = others + math.min(theirs, w.capacity)
  if w.smooth and w.level - own + filled(w, now, now + afterMs) + TOLERANCE < needed then return false end
  local spare = w.limit - w.sum - own - others - theirs
  return spare + TOLERANCE >= 0 or (afterMs > 0 and spare + freedBy(w, now + afterMs) + TOLERANCE >= 0)
end

-- Milliseconds until so much has flowed in since a time.
local function fillTime(w, amount, from)
  local slowRate = w.rate * (1 - w.heldBack)
  local coldFor = math.max(0, w.coldUntil - from)
  if amount <= slowRate * coldFor then return amount / slowRate end
  return coldFor + (amount - slowRate * coldFor) / w.rate
end

local function waitAlone(w, own)
  local needed = math.min(own, w.capacity) - TOLERANCE
  local level, at, left = w.level, now, w.limit - w.sum
  local newest = math.floor(now / w.ring.slotMs)
  for slot = newest - GUARD_SLOTS + 1, newest do
    local amount = amountOf(w, slot)
    if amount ~= 0 then
      local leaves = leavesAt(w, slot)
      if left + TOLERANCE >= own then
        local filledAt = at
        if w.smooth then filledAt = at + fillTime(w, math.max(0, needed - level), at) end
        if filledAt <= leaves then return filledAt - now end
      end
      level = bounded(w, level + filled(w, at, leaves), left)
      left = left + amount
      at = leaves
    end
  end
  return at - now + (w.smooth and fillTime(w, math.max(0, needed - level), at) or 0)
end

-- Whole windows first; then slot by slot, and within the last slot in order.
local function waitForWindow(w, own, ahead)
  local count = math.max(0, math.ceil((ahead + own) / w.limit) - 1)
  local before = count * GUARD_SLOTS * w.ring.slotMs
  local needed = ahead + own - count * w.limit
  local left = w.limit - w.sum
  if left + TOLERANCE >= needed then return before end
  local newest = math.floor(now / w.ring.slotMs)
  for slot = newest - GUARD_SLOTS + 1, newest do
    local amount = amountOf(w, slot)
    if amount ~= 0 then
      if left + amount + TOLERANCE >= needed then
        local share = math.min(1, math.max(0, needed - left - own) / amount)
        return before + leavesAt(w, slot) - now + share * w.ring.slotMs
      end
      left = left + amount
    end
  end
  return before + GUARD_SLOTS * w.ring.slotMs
end

local function waitBehind(w, own, ahead)
  local filling = 0
  if w.smooth then filling = fillTime(w, math.max(0, ahead + math.min(own, w.capacity) - w.level), now) end
  return math.max(filling, waitForWindow(w, own, ahead))
end

-- Milliseconds until \`own\` fits, after \`ahead\` has gone to others.
local function waitFor(w, own, ahead)
  loadRing(w.ring)
  if ahead > 0 then return waitBehind(w, own, ahead) end
  return waitAlone(w, own)
end
`;

/** For when it is not known what was used. */
export const usingUp = `
-- As if everything had been used, as late as possible: a full bucket just now and an even flow before.
local function fullyUse(w)
  loadRing(w.ring)
  local newest = math.floor(now / w.ring.slotMs)
  local burst, flow = w.smooth and w.capacity or 0, w.limit / GUARD_SLOTS
  local rest = w.limit
  w.sum = 0
  for slot = newest, newest - GUARD_SLOTS + 1, -1 do
    local share = math.min(rest, slot == newest and burst + flow or flow)
    rest = rest - share
    local amount = math.max(amountOf(w, slot), share)
    if slot == newest then w.fresh = amount else w.ring.amounts[indexOf(w.ring, slot) + w.column] = amount end
    w.sum = w.sum + amount
  end
  w.ring.changed = true
  w.level = math.min(w.level, 0)
  bound(w)
end
`;
