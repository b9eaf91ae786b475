using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.TimeSeries;

namespace SentinelHealth.Benchmarks;

/// <summary>
/// <c>nab</c>: the time series detector over every CSV of a tree, one pass, no look-ahead, one configuration; writes the
/// same tree with a column of scores.
/// </summary>
internal static class NabCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> data = new("--data") { Required = true, Description = "A tree of CSV files with timestamp,value." };
        Option<DirectoryInfo> output = new("--out")
        {
            Required = true,
            Description = "Where the same tree is written, with a column anomaly_score.",
        };
        Command command = new("nab", "Scores every time series below a directory.") { data, output };
        command.SetAction(parsed => Console.WriteLine(Run(parsed.GetValue(data)!.FullName, parsed.GetValue(output)!.FullName)));
        return command;
    }

    /// <summary>What the command prints.</summary>
    internal sealed record Figures(int Files, long Points, double DetectorSeconds);

    /// <summary>Scores a tree and says how long the detector alone took.</summary>
    internal static string Run(string dataPath, string outPath)
    {
        var (points, seconds, files) = (0L, 0.0, 0);
        var paths = Directory.EnumerateFiles(dataPath, "*.csv", SearchOption.AllDirectories);
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var rows = ReadRows(path);
            var clock = Stopwatch.GetTimestamp();
            var scores = Scores(rows);
            seconds += Stopwatch.GetElapsedTime(clock).TotalSeconds;
            WriteRows(Path.Combine(outPath, Path.GetRelativePath(dataPath, path)), rows, scores);
            (points, files) = (points + rows.Count, files + 1);
        }
        return JsonSerializer.Serialize(new Figures(files, points, Math.Round(seconds, 3)), JsonSerializerOptions.Web);
    }

    /// <summary>Each row is scored before it is learned, and before the next one is looked at. Cold is written as 0.</summary>
    internal static double[] Scores(IReadOnlyList<Row> rows)
    {
        TimeSeriesDetector detector = new(seriesMax: 8);
        var scores = new double[rows.Count];
        for (var i = 0; i < rows.Count; i++)
            scores[i] = detector.Observe(series: 1, rows[i].AtMs, rows[i].Value)?.Score ?? 0;
        return scores;
    }

    internal static List<Row> ReadRows(string path)
    {
        using var lines = File.ReadLines(path).GetEnumerator();
        if (!lines.MoveNext())
            return [];
        var header = lines.Current.Split(',').Select(name => name.Trim()).ToList();
        var (time, value) = (header.IndexOf("timestamp"), header.IndexOf("value"));
        if (time < 0 || value < 0)
            throw new InvalidDataException($"{path} has no columns timestamp and value.");
        List<Row> rows = [];
        while (lines.MoveNext())
        {
            if (lines.Current.Length > 0)
                rows.Add(ParseRow(lines.Current.Split(','), time, value, path));
        }
        return rows;
    }

    /// <summary>A value that is empty or no number is a gap, as is a column that is not there.</summary>
    private static Row ParseRow(string[] cells, int time, int value, string path)
    {
        if (cells.Length <= time || ParseTime(cells[time]) is not { } atMs)
            throw new InvalidDataException($"{path} has a row without a readable timestamp.");
        var text = cells.Length > value ? cells[value] : "";
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return new Row(cells[time], text, atMs, isNumber ? number : double.NaN);
    }

    /// <summary>A date and time, in UTC where it does not say, or a number of seconds since 1970.</summary>
    private static long? ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds()
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e12
                ? (long)(seconds * 1_000)
                : null;

    private static void WriteRows(string path, List<Row> rows, double[] scores)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using StreamWriter writer = new(path, append: false, new UTF8Encoding(false));
        writer.Write("timestamp,value,anomaly_score\n");
        for (var i = 0; i < rows.Count; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{rows[i].TimeText},{rows[i].ValueText},{scores[i]:R}\n"));
    }

    /// <summary>One row: its cells as they were read, and what they mean.</summary>
    internal readonly record struct Row(string TimeText, string ValueText, long AtMs, double Value);
}
