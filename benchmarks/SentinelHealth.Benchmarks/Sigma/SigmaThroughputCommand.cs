using System.CommandLine;
using System.Text.Json;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Benchmarks.Sigma;

/// <summary><c>sigma-throughput</c>: events per second of processor time, beside a plain evaluation of every rule, over growing sets of rules.</summary>
internal static class SigmaThroughputCommand
{
    private static readonly int[] RuleCounts = [10, 100, int.MaxValue];

    public static Command Create()
    {
        Option<string> corpus = new("--corpus")
        { Required = true, Description = "Folder with rules and regression_data, as SigmaHQ has them." };
        Option<double> seconds = new("--seconds") { DefaultValueFactory = _ => 3, Description = "Processor time for each figure." };
        Option<int> seed = new("--seed")
        { DefaultValueFactory = _ => 1, Description = "The same seed gives the same events and choice of rules." };
        Command command = new("sigma-throughput", "Sigma rules over Windows events and our own.") { corpus, seconds, seed };
        command.SetAction(parsed => Measure(parsed.GetRequiredValue(corpus), parsed.GetValue(seconds), parsed.GetValue(seed)));
        return command;
    }

    private static int Measure(string corpus, double seconds, int seed)
    {
        var rules = Rules(corpus);
        new Random(seed).Shuffle(rules);
        var attacks = SigmaEvents.Attacks(corpus);
        var isSame = true;
        foreach (var events in new[] { attacks, SigmaEvents.EverydayOf(attacks, seed), SigmaEvents.Own() })
        {
            var bytes = events.Lines.Sum(line => line.Length) / events.Lines.Count;
            Console.WriteLine($"{events.Name}: {events.Lines.Count} records of {bytes} bytes");
            foreach (var count in RuleCounts)
                isSame &= new SigmaThroughputRun([.. rules.Take(count)], events).Tell(seconds);
        }
        return isSame ? 0 : 1;
    }

    private static SigmaRule[] Rules(string corpus)
    {
        string[] folders = ["rules", "rules-placeholder"];
        var files = folders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(corpus, folder), "*.yml", SearchOption.AllDirectories));
        var book = SigmaRuleBook.Of(
            files.Order(StringComparer.Ordinal).Select(path => SigmaLoader.Read(path, File.ReadAllText(path))));
        return [.. book.Rules.Where(rule => rule.MissingPlaceholders.Count == 0)];
    }
}

/// <summary>One set of rules over one set of events.</summary>
internal sealed class SigmaThroughputRun
{
    private const int PlainEventsMax = 500;

    private readonly SigmaRuleSet _set;
    private readonly PlainSigma _plain;
    private readonly SigmaRecord _record;
    private readonly SigmaEvents _events;
    private readonly List<int> _matches = [], _plainMatches = [];

    public SigmaThroughputRun(IReadOnlyList<SigmaRule> rules, SigmaEvents events)
    {
        _set = new SigmaRuleSet(rules);
        _plain = new PlainSigma(rules, _set.FieldOf);
        _record = _set.NewRecord(events.Map);
        _events = events;
    }

    /// <summary>Prints the figures; false when the two did not match alike.</summary>
    public bool Tell(double seconds)
    {
        var (differing, matched, routed, lookedAt) = Compare();
        var whole = ProcessorTime.Of(seconds, _events.Lines.Count, _events.Lines, line =>
        {
            _record.TryRead(line, out _);
            _set.Match(_record, _matches);
        });
        var reading = ProcessorTime.Of(seconds, _events.Lines.Count, _events.Lines, line => _record.TryRead(line, out _));
        var plain = ProcessorTime.Of(seconds, Math.Min(_events.Lines.Count, PlainEventsMax), _events.Lines, line =>
        {
            _record.TryRead(line, out _);
            _plain.Match(_record, _plainMatches);
        });
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                Rules = _set.Rules.Count,
                EventsPerSecond = Math.Round(1e9 / whole.NanosecondsEach),
                NanosecondsPerEvent = Math.Round(whole.NanosecondsEach),
                OfThemReading = Math.Round(reading.NanosecondsEach),
                AllocatedBytesPerEvent = Math.Round(whole.AllocatedBytesEach, 1),
                PlainNanosecondsPerEvent = Math.Round(plain.NanosecondsEach),
                TimesPlain = Math.Round(plain.NanosecondsEach / whole.NanosecondsEach, 1),
                RulesRoutedPerEvent = Math.Round((double)routed / _events.Lines.Count, 1),
                RulesLookedAtPerEvent = Math.Round((double)lookedAt / _events.Lines.Count, 1),
                MatchesPerEvent = Math.Round((double)matched / _events.Lines.Count, 3),
                DifferentFromPlain = differing,
            },
            JsonSerializerOptions.Web));
        return differing == 0;
    }

    private (int Differing, long Matched, long Routed, long LookedAt) Compare()
    {
        var (differing, matched, routed, lookedAt) = (0, 0L, 0L, 0L);
        foreach (var line in _events.Lines)
        {
            if (!_record.TryRead(line, out var problem))
                throw new InvalidOperationException(problem);
            _set.Match(_record, _matches);
            _plain.Match(_record, _plainMatches);
            differing += _matches.SequenceEqual(_plainMatches) ? 0 : 1;
            matched += _matches.Count;
            routed += _set.LastWork.Routed;
            lookedAt += _set.LastWork.LookedAt;
        }
        return (differing, matched, routed, lookedAt);
    }
}
