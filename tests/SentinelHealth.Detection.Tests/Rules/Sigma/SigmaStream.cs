using System.Globalization;
using System.Text;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Detection.Tests.Rules.Sigma;

/// <summary>Feeds events to an engine: seconds, an identifier, and JSON.</summary>
internal sealed class SigmaStream
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly SigmaRecord _record;
    private readonly List<SigmaMatch> _matches = [];

    public SigmaStream(string documents, TimeSpan allowedLateness = default, SigmaEngineOptions? options = null)
    {
        var book = SigmaRuleBook.Of([SigmaLoader.Read("r.yml", documents)]);
        Assert.Empty(book.Problems);
        Engine = new SigmaEngine(book, (options ?? new SigmaEngineOptions()) with { AllowedLateness = allowedLateness });
        _record = Engine.NewRecord(SigmaFieldMap.Plain);
    }

    public SigmaEngine Engine { get; }

    /// <summary>What matched so far, as <see cref="Text(SigmaMatch)"/>.</summary>
    public List<string> Told { get; } = [];

    public List<SigmaMatch> Matches { get; } = [];

    public SigmaStream Send(double second, string id, string json)
    {
        Assert.True(_record.TryRead(Encoding.UTF8.GetBytes(json), out var problem), problem);
        Engine.Observe(_record, Start.AddSeconds(second), Encoding.UTF8.GetBytes(id), _matches);
        Keep();
        return this;
    }

    public SigmaStream Complete()
    {
        Engine.Complete(_matches);
        Keep();
        return this;
    }

    /// <summary>Title, second, key and events of a match.</summary>
    public static string Text(SigmaMatch match) => string.Create(CultureInfo.InvariantCulture,
        $"{match.Rule.Title} {(match.At - Start).TotalSeconds} {string.Join(',', match.Group.Select(pair => pair.Value))} {string.Join('+', match.EventIds)}");

    private void Keep()
    {
        Matches.AddRange(_matches);
        Told.AddRange(_matches.Select(Text));
    }
}
