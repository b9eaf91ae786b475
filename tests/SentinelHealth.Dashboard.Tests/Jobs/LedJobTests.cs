using Microsoft.Extensions.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Jobs;

public sealed class LedJobTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_runs_only_while_its_process_leads()
    {
        var leadership = new GivenLeadership();
        using var job = new CountingJob();
        using var led = new LedJob<CountingJob>(job, leadership);
        await led.StartAsync(Cancel);
        Assert.Equal(0, job.Running);

        leadership.Give(true);
        await Eventually.HoldsAsync(() => job.Running == 1, () => "It did not begin.");
        leadership.Give(false);
        await Eventually.HoldsAsync(() => job.Running == 0, () => "It did not stop.");
        leadership.Give(true);
        await Eventually.HoldsAsync(() => job.Running == 1, () => "It did not begin again.");
        await led.StopAsync(Cancel);

        Assert.Equal((0, 2), (job.Running, job.Begun));
    }

    [Fact]
    public async Task A_job_that_fails_is_a_failure_of_the_whole()
    {
        using var job = new CountingJob { Fault = new InvalidOperationException("Broken.") };
        using var led = new LedJob<CountingJob>(job, new SoleLeadership());

        await led.StartAsync(Cancel);

        Assert.Equal("Broken.", (await Assert.ThrowsAsync<InvalidOperationException>(() => led.ExecuteTask!)).Message);
    }

    [Fact]
    public async Task A_job_that_has_done_all_is_not_begun_again()
    {
        using var job = new CountingJob { EndsAtOnce = true };
        using var led = new LedJob<CountingJob>(job, new SoleLeadership());
        await led.StartAsync(Cancel);
        await Eventually.HoldsAsync(() => job.Begun == 1, () => "It did not begin.");

        await led.StopAsync(Cancel);

        Assert.Equal(1, job.Begun);
    }

    private sealed class CountingJob : BackgroundService
    {
        private int _running;
        private int _begun;

        public int Running => Volatile.Read(ref _running);

        public int Begun => Volatile.Read(ref _begun);

        public Exception? Fault { get; init; }

        public bool EndsAtOnce { get; init; }

        protected override async Task ExecuteAsync(CancellationToken stopping)
        {
            await Task.Yield();
            Interlocked.Increment(ref _begun);
            if (Fault is { } fault)
                throw fault;
            if (EndsAtOnce)
                return;
            Interlocked.Increment(ref _running);
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref _running);
        }
    }

    private sealed class GivenLeadership : ILeadership
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsLeader { get; private set; }

        public void Give(bool isLeader)
        {
            lock (_gate)
            {
                IsLeader = isLeader;
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public async Task BecomesAsync(bool isLeader, CancellationToken cancel)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (IsLeader == isLeader)
                        return;
                    changed = _changed.Task;
                }
                await changed.WaitAsync(cancel);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
