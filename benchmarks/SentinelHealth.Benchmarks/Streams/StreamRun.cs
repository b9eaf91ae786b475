using System.Diagnostics;
using System.Globalization;
using SentinelHealth.Detection.Features;
using SentinelHealth.Detection.Streams;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Benchmarks.Streams;

/// <summary>One pass over a file: its scores, its labels for judging them afterwards, and what it cost.</summary>
internal sealed class StreamRun
{
    private enum Role
    {
        Ignored,
        Time,
        Label,
        Number,
        Category,
    }

    private readonly StreamSchema _schema;
    private readonly (Role Role, int Index)[] _columns;
    private readonly double[] _numbers;
    private readonly ulong[] _categories;
    private readonly List<bool> _labels = [];
    private double _time;
    private bool _isAnomaly;

    private StreamRun(StreamSchema schema, ReadOnlySpan<byte> header)
    {
        _schema = schema;
        List<(Role, int)> columns = [];
        while (!header.IsEmpty)
            columns.Add(RoleOf(System.Text.Encoding.UTF8.GetString(CsvRows.NextField(ref header)).Trim('\uFEFF', ' ')));
        _columns = [.. columns];
        var wanted = schema.Numeric.Count + schema.Categorical.Count;
        var missing = wanted - _columns.Count(c => c.Role is Role.Number or Role.Category);
        if (missing != 0)
            throw new InvalidDataException($"The file lacks {missing} of the columns its schema names.");
        (_numbers, _categories) = (new double[schema.Numeric.Count], new ulong[schema.Categorical.Count]);
    }

    public List<double> Scores { get; } = [];

    public TimeSpan Elapsed { get; private set; }

    public TimeSpan Processor { get; private set; }

    public long StateBytes { get; private set; }

    /// <summary>What the command prints.</summary>
    internal sealed record Figures(int Rows, double Auc, double AveragePrecision, double RowsPerSecond);

    public static StreamRun Over(FileInfo input, StreamSchema schema, Func<StreamSchema, StreamOptions> optionsFor)
    {
        using var rows = new CsvRows(input);
        if (!rows.TryRead(out var header))
            throw new InvalidDataException($"{input.Name} is empty.");
        var run = new StreamRun(schema, header);
        var features = new FeatureSchema(schema.Categorical, []) { Numeric = schema.Numeric };
        var detector = new StreamDetector("stream", features, optionsFor(schema));
        var processorBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        while (rows.TryRead(out var line))
        {
            if (!line.IsEmpty)
                run.Take(line, detector);
        }
        (run.Elapsed, run.Processor) = (clock.Elapsed, Environment.CpuUsage.TotalTime - processorBefore);
        run.StateBytes = detector.SizeBytes;
        return run;
    }

    public Figures Judge()
    {
        var (auc, averagePrecision) = RankMetrics.Of(Scores, _labels);
        return new(Scores.Count, auc, averagePrecision, Scores.Count / Elapsed.TotalSeconds);
    }

    public void WriteScores(FileInfo file)
    {
        using var writer = new StreamWriter(file.Open(FileMode.Create));
        foreach (var score in Scores)
            writer.WriteLine(score.ToString("R", CultureInfo.InvariantCulture));
    }

    private void Take(ReadOnlySpan<byte> line, StreamDetector detector)
    {
        _isAnomaly = false;
        foreach (var (role, index) in _columns)
            Read(role, index, CsvRows.NextField(ref line));
        var observed = new Observation
        {
            AtMs = StreamCommand.MillisecondsOf(_time),
            Entity = 1,
            Peers = 1,
            Categories = _categories,
            Numbers = _numbers,
        };
        // While cold there is no opinion, which ranks lowest.
        Scores.Add(detector.ScoreThenLearn(observed, 1) ?? 0);
        _labels.Add(_isAnomaly);
    }

    private void Read(Role role, int index, ReadOnlySpan<byte> field)
    {
        switch (role)
        {
            case Role.Number:
                _numbers[index] = NumberText.Parse(field);
                break;
            case Role.Category:
                _categories[index] = StableHash.Of(field);
                break;
            case Role.Time:
                _time = NumberText.ParseTime(field);
                break;
            case Role.Label:
                _isAnomaly = NumberText.Parse(field) > 0;
                break;
            default:
                break;
        }
    }

    private (Role Role, int Index) RoleOf(string name) =>
        name == _schema.Time ? (Role.Time, 0)
        : name == _schema.Label ? (Role.Label, 0)
        : IndexIn(_schema.Numeric, name) is >= 0 and var number ? (Role.Number, number)
        : IndexIn(_schema.Categorical, name) is >= 0 and var category ? (Role.Category, category)
        : (Role.Ignored, 0);

    private static int IndexIn(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
                return i;
        }
        return -1;
    }
}
