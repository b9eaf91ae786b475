using SentinelHealth.Detection.Rules.Sigma.Correlations;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>What an engine holds and what it had to leave out, since it was made.</summary>
/// <param name="Keys">Keys of all correlations.</param>
/// <param name="Bytes">Memory of the correlations, held in advance included.</param>
/// <param name="LateHits">Events that came after their key had been evaluated at a later time; they count in what comes after.</param>
/// <param name="DroppedHits">Events that made room for newer ones of their key.</param>
/// <param name="EvictedKeys">Keys that made room for others.</param>
public sealed record SigmaEngineStatus(long Keys, long Bytes, long LateHits, long DroppedHits, long EvictedKeys);

/// <summary>Runs Sigma rules, filters and correlations over a stream of records.</summary>
/// <remarks>
/// Correlations slide in event time. With no allowed lateness records count as they come; with some, a correlation matches once nothing in time can come
/// before, and the matches of a stream are the same in whatever order its records arrive within the lateness. One owner thread. A record that nothing matches
/// allocates nothing. See ADR 0027.
/// </remarks>
public sealed partial class SigmaEngine
{
    private readonly SigmaRuleSet _rules;
    private readonly CorrelationContext _context;
    private readonly Correlator[] _correlators;
    private readonly (Correlator Parent, int Rule)[][] _parents;
    private readonly bool[] _isSilent;
    private readonly long[] _matchCounts;
    private readonly List<int> _matched = [];
    private ByteBuffer _ids = new();

    /// <summary>Compiles the documents of a book. Those that lack a placeholder's value cannot run and are left out.</summary>
    /// <param name="book">Linked documents.</param>
    /// <param name="options">Bounds.</param>
    public SigmaEngine(SigmaRuleBook book, SigmaEngineOptions? options = null)
        : this(book, SigmaProgram.Of(book ?? throw new ArgumentNullException(nameof(book))), options)
    {
    }

    /// <summary>Runs documents whose rules are compiled already. The first engine of a program is made before others are, on other threads.</summary>
    internal SigmaEngine(SigmaRuleBook book, SigmaProgram program, SigmaEngineOptions? options = null)
    {
        _context = new CorrelationContext(options ?? new SigmaEngineOptions());
        _rules = new SigmaRuleSet(program);
        var wiring = new CorrelationWiring(program.Rules, book.Correlations, _context, program.FieldOf);
        (_correlators, _parents, _isSilent) = (wiring.Correlators, wiring.ParentsOfRules, wiring.IsSilent);
        _matchCounts = new long[program.Rules.Count];
    }

    /// <summary>How often each document matched: events for a rule, told or not; matches for a correlation.</summary>
    public IEnumerable<KeyValuePair<SigmaDocument, long>> MatchCounts =>
    [
        .. _rules.Rules.Select((rule, number) => KeyValuePair.Create((SigmaDocument)rule, _matchCounts[number])),
        .. _correlators.Select(correlator => KeyValuePair.Create((SigmaDocument)correlator.Correlation, correlator.MatchCount)),
    ];

    /// <summary>What the engine holds and left out.</summary>
    public SigmaEngineStatus Status => new(
        _correlators.Sum(correlator => (long)correlator.KeyCount),
        _correlators.Sum(correlator => correlator.KeyBytes) + _context.Arena.Bytes,
        _context.LateHits, _context.DroppedHits, _context.EvictedKeys);

    /// <summary>A buffer for records of one shape.</summary>
    public SigmaRecord NewRecord(SigmaFieldMap map) => _rules.NewRecord(map);

    /// <summary>Takes a record.</summary>
    /// <param name="record">The record, of <see cref="NewRecord"/>.</param>
    /// <param name="occurredAt">When it happened.</param>
    /// <param name="eventId">Its identifier, UTF-8, of which 1,024 bytes are kept. Within a key a second one of the same time and identifier is left out.</param>
    /// <param name="matches">Receives what matched now; emptied first. With allowed lateness, correlations of older events are among it.</param>
    public void Observe(SigmaRecord record, DateTimeOffset occurredAt, ReadOnlySpan<byte> eventId, List<SigmaMatch> matches)
    {
        Begin(matches);
        var time = occurredAt.UtcTicks;
        _context.Clock = Math.Max(_context.Clock, time);
        _rules.Match(record, _matched);
        if (_matched.Count > 0)
            Tell(record, occurredAt, eventId);
        if (_context.IsWaiting)
            Advance(_context.Watermark);
        else if (_matched.Count > 0)
            Advance(long.MaxValue);
        _context.SettledUntil = _context.Watermark;
    }

    private void Tell(SigmaRecord record, DateTimeOffset occurredAt, ReadOnlySpan<byte> eventId)
    {
        _ids.Clear();
        TextLists.Append(ref _ids, eventId);
        foreach (var rule in _matched)
        {
            _matchCounts[rule]++;
            if (!_isSilent[rule])
                _context.Matches.Add(MatchOf(_rules.Rules[rule], occurredAt));
            foreach (var (parent, place) in _parents[rule])
                parent.Offer(record, place, occurredAt.UtcTicks, _ids.Written);
        }
    }

    /// <summary>Evaluates what still waits for older events, because none will come.</summary>
    /// <param name="matches">Receives what matched; emptied first.</param>
    public void Complete(List<SigmaMatch> matches)
    {
        Begin(matches);
        Advance(long.MaxValue);
    }

    private void Begin(List<SigmaMatch> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        matches.Clear();
        _context.Matches = matches;
    }

    /// <summary>Correlations below come before those above, so that each instant is complete when it is evaluated.</summary>
    private void Advance(long watermark)
    {
        foreach (var correlator in _correlators)
            correlator.Advance(watermark);
    }

    private SigmaMatch MatchOf(SigmaRule rule, DateTimeOffset at) =>
        new() { Rule = rule, At = at.ToUniversalTime(), EventIds = TextLists.Decode(_ids.Written) };
}
