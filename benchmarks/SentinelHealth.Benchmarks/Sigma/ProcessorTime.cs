namespace SentinelHealth.Benchmarks.Sigma;

/// <summary>What one item costs, in the time of the processor: others may use the machine meanwhile.</summary>
internal readonly record struct ProcessorTime(double NanosecondsEach, double AllocatedBytesEach)
{
    private const int Slices = 4;

    /// <summary>Runs over items again and again after one run to warm up; the best slice counts.</summary>
    public static ProcessorTime Of<T>(double seconds, int count, IReadOnlyList<T> items, Action<T> run)
    {
        for (var item = 0; item < count; item++)
            run(items[item]);
        var best = new ProcessorTime(double.MaxValue, 0);
        for (var slice = 0; slice < Slices; slice++)
        {
            var (runs, bytes, before) = (0L, GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
            while ((Environment.CpuUsage.TotalTime - before).TotalSeconds < seconds / Slices)
            {
                for (var item = 0; item < count; item++)
                    run(items[item]);
                runs += count;
            }
            var nanoseconds = (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / runs;
            if (nanoseconds < best.NanosecondsEach)
                best = new(nanoseconds, (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / runs);
        }
        return best;
    }
}
