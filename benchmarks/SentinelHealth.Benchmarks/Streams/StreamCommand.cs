using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams;

namespace SentinelHealth.Benchmarks.Streams;

/// <summary><c>stream</c>: one pass of the generic detector over the rows of a file, each scored before it is learned.</summary>
internal static class StreamCommand
{
    private const int MillisecondsPerUnit = 1_000;

    public static Command Create()
    {
        Option<FileInfo> input = new("--input") { Required = true, Description = "A CSV file with a header, or the same gzipped." };
        Option<FileInfo> schema = new("--schema") { Required = true, Description = "JSON: time, label, numeric, categorical." };
        Option<FileInfo> scores = new("--scores") { Required = true, Description = "Where the scores go, one a line in row order." };
        Command command = new("stream", "Scores the rows of a file in one pass.") { input, schema, scores };
        command.SetAction(parsed =>
        {
            var run = StreamRun.Over(parsed.GetValue(input)!, StreamSchema.Read(parsed.GetValue(schema)!), OptionsFor);
            run.WriteScores(parsed.GetValue(scores)!);
            Console.WriteLine(JsonSerializer.Serialize(run.Judge(), JsonSerializerOptions.Web));
            Console.Error.WriteLine(FormattableString.Invariant(
                $"Processor time: {run.Processor.TotalSeconds:0.00} s, {run.Scores.Count / run.Processor.TotalSeconds:0} rows/s. ")
                + FormattableString.Invariant($"State: {run.StateBytes:N0} bytes."));
        });
        return command;
    }

    /// <summary>The one configuration. The unit of a time column is the shortest tick.</summary>
    internal static StreamOptions OptionsFor(StreamSchema schema) => new()
    {
        Clock = schema.Time is null ? StreamClock.None : StreamClock.EventTime,
        TickMs = MillisecondsPerUnit,
    };

    /// <summary>Milliseconds of a time as the file gives it.</summary>
    internal static long MillisecondsOf(double units) => double.IsFinite(units) ? (long)(units * MillisecondsPerUnit) : 0;
}
