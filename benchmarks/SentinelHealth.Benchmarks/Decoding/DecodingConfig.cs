using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Decoding;

/// <summary>Measures in this process, which is built already, and adds what the targets are written in.</summary>
internal sealed class DecodingConfig : ManualConfig
{
    public DecodingConfig()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(15));
        // Of the quickest iteration: what else the machine did meanwhile makes the others slower, never quicker.
        AddColumn(new SetColumn("MB/s", (set, report) => set.Lines.Length / report.ResultStatistics!.Min * 1_000));
        AddColumn(new SetColumn("ns/event", (set, report) => report.ResultStatistics!.Min / set.Records.Length));
        AddColumn(new SetColumn(
            "B/event", (set, report) => (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0) / (double)set.Records.Length));
    }

    /// <summary>A figure of the whole set: 1 MB is 1,000,000 bytes, line breaks included.</summary>
    private sealed class SetColumn(string name, Func<NativeNdjson, BenchmarkReport, double> figure) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public string Legend => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
        {
            if (summary[benchmarkCase] is not { ResultStatistics: not null } report)
                return "-";
            var format = (EventKind)benchmarkCase.Parameters[nameof(DecodingBenchmarks.Format)];
            return figure(NativeNdjson.Of(format), report).ToString("N0", CultureInfo.InvariantCulture);
        }

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            GetValue(summary, benchmarkCase);
    }
}
