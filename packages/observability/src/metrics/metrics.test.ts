import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('renders what was counted', async () => {
    const metrics = new Metrics();
    metrics.runsCompleted.inc({ status: 'completed' });
    metrics.tokens.inc({ kind: 'input' }, 12);
    metrics.modelCallDuration.observe({ provider: 'openai', model: 'gpt-4o', outcome: 'completed' }, 0.7);
    const text = await metrics.render();
    expect(text).toContain('troupe_runs_completed_total{status="completed"} 1');
    expect(text).toContain('troupe_tokens_total{kind="input"} 12');
    expect(text).toMatch(
      /troupe_model_call_duration_seconds_bucket\{le="1",provider="openai",model="gpt-4o",outcome="completed"\} 1/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('counts queues anew at every scrape and forgets states that are gone', async () => {
    const metrics = new Metrics();
    let counts = [{ queue: 'llm', state: 'waiting', count: 3 }];
    metrics.watchQueues(async () => counts);
    expect(await metrics.render()).toContain('troupe_queue_jobs{queue="llm",state="waiting"} 3');
    counts = [{ queue: 'tools', state: 'active', count: 1 }];
    const text = await metrics.render();
    expect(text).toContain('troupe_queue_jobs{queue="tools",state="active"} 1');
    expect(text).not.toContain('queue="llm"');
  });

  it('keeps two registries of one process apart', async () => {
    const first = new Metrics();
    const second = new Metrics();
    first.runsCompleted.inc({ status: 'failed' });
    expect(await second.render()).not.toContain('status="failed"');
  });
});
