import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('renders what was counted', async () => {
    const metrics = new Metrics();
    metrics.runEnded('completed', 0.7);
    metrics.callTook({ provider: 'openai', model: 'gpt-4o', outcome: 'completed' }, 0.7);
    const text = await metrics.render();
    expect(text).toContain('troupe_runs_completed_total{status="completed"} 1');
    expect(text).toContain('troupe_run_duration_seconds_bucket{le="1"} 1');
    expect(text).toMatch(
      /troupe_model_call_duration_seconds_bucket\{le="1",provider="openai",model="gpt-4o",outcome="completed"\} 1/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('counts a call with its tokens by kind and its cost, and nothing of what it did not use', async () => {
    const metrics = new Metrics();
    const call = { provider: 'openai', model: 'gpt-4o', purpose: 'turn', cached_input_tokens: 0, reasoning_tokens: 0 };
    metrics.countCall({ ...call, outcome: 'completed', input_tokens: 12, output_tokens: 3, cost: 0.25 });
    metrics.countCall({ ...call, outcome: 'provider_overloaded', input_tokens: 0, output_tokens: 0, cost: null });
    const text = await metrics.render();
    const labels = 'provider="openai",model="gpt-4o"';
    expect(text).toContain(`troupe_model_calls_total{${labels},purpose="turn",outcome="completed"} 1`);
    expect(text).toContain(`troupe_model_calls_total{${labels},purpose="turn",outcome="provider_overloaded"} 1`);
    expect(text).toContain(`troupe_tokens_total{${labels},kind="input"} 12`);
    expect(text).toContain(`troupe_cost_dollars_total{${labels}} 0.25`);
    expect(text).not.toContain('kind="reasoning"');
  });

  it('keeps a bounded number of series, whatever models callers name', async () => {
    const metrics = new Metrics();
    const call = { provider: 'openai', purpose: 'direct', outcome: 'model_not_found', cached_input_tokens: 0 };
    for (let n = 0; n < 1_000; n += 1) {
      const model = `made-up-${n}`;
      metrics.countCall({ ...call, model, input_tokens: 0, output_tokens: 0, reasoning_tokens: 0, cost: null });
    }
    const series = (await metrics.render()).match(/^troupe_model_calls_total\{.*$/gm) ?? [];
    expect(series.length).toBeLessThanOrEqual(201);
    expect(series.at(-1)).toContain('model="other",purpose="direct",outcome="model_not_found"} 800');
  });

  it('shows by model how long limits keep calls back', async () => {
    const metrics = new Metrics();
    metrics.countWait({ model: 'openrouter/anthropic/claude', dimension: 'rpm', waitMs: 4_000 });
    expect(await metrics.render()).toContain(
      'troupe_limit_wait_seconds_sum{provider="openrouter",model="anthropic/claude",dimension="rpm"} 4',
    );
  });

  it('reads a gauge anew at every scrape, forgets labels that are gone, and shows nothing of one that fails', async () => {
    const metrics = new Metrics();
    let values = [{ labels: { queue: 'llm' }, value: 3 }];
    metrics.watch({ name: 'jobs', help: 'Jobs.', labelNames: ['queue'], read: async () => values });
    metrics.watch({ name: 'none', help: 'None.', labelNames: ['queue'], read: async () => [] });
    metrics.watch({ name: 'broken', help: 'Fails.', read: () => Promise.reject(new Error('away')) });
    const text = await metrics.render();
    expect(text).toContain('jobs{queue="llm"} 3');
    expect(text).not.toMatch(/^broken /m);
    values = [{ labels: { queue: 'tools' }, value: 1 }];
    const later = await metrics.render();
    expect(later).toContain('jobs{queue="tools"} 1');
    expect(later).not.toContain('queue="llm"');
  });

  it('keeps two registries of one process apart', async () => {
    const first = new Metrics();
    const second = new Metrics();
    first.runEnded('failed', 1);
    expect(await second.render()).not.toContain('status="failed"');
  });
});
