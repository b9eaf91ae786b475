using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace SentinelHealth.Dashboard.Jobs;

/// <summary>
/// A thread of its own for work that computes for long: whatever answers somebody gets the processor first. On Linux, where a thread's
/// priority in .NET means nothing, it raises its own niceness, which takes no privilege.
/// </summary>
/// <remarks>What is awaited there goes on there. Tasks that wait for one another by blocking would wait forever.</remarks>
internal sealed class YieldingThread : TaskScheduler, IDisposable
{
    /// <summary>A third of the share of other threads when all of them compute, so that the work goes on under any load.</summary>
    private const int Niceness = 5;

    private readonly BlockingCollection<Task> _waiting = [];
    private readonly Thread _thread;

    public YieldingThread(string name)
    {
        _thread = new Thread(Work) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs work there from its first step to its last.</summary>
    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    public void Dispose()
    {
        _waiting.CompleteAdding();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        _waiting.Dispose();
    }

    protected override IEnumerable<Task> GetScheduledTasks() => _waiting;

    protected override void QueueTask(Task task) => _waiting.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Thread.CurrentThread == _thread && TryExecuteTask(task);

    private void Work()
    {
        if (OperatingSystem.IsLinux())
            Native.BeNice();
        else
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        foreach (var task in _waiting.GetConsumingEnumerable())
            TryExecuteTask(task);
    }

    /// <summary>The C library's call; where it is not found, the thread stays as it is.</summary>
    private static class Native
    {
        /// <summary>PRIO_PROCESS and nobody else; Linux takes that for the thread that calls.</summary>
        private const int OneThread = 0, Myself = 0;

        private delegate int SetPriority(int which, int who, int niceness);

        public static void BeNice()
        {
            if (NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "setpriority", out var call))
                Marshal.GetDelegateForFunctionPointer<SetPriority>(call)(OneThread, Myself, Niceness);
        }
    }
}
