using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;
using SentinelHealth.Detection.Ordering;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;

namespace SentinelHealth.Detection.Tests.Ordering;

/// <summary>What was said is taken back when an event that arrives later explains it, whatever its version and whatever was restarted.</summary>
public class WithdrawalTests
{
    private static readonly DateTimeOffset Start = SomeCase.At;

    private readonly List<byte[]> _log = [];
    private OrderedScoring _scoring = Make();

    [Fact]
    public void What_was_first_told_in_a_later_version_is_withdrawn_when_it_never_began()
    {
        Assert.Equal([3], Take("burst", 10).Alerts.Select(alert => alert.EventCount));

        var said = Take("explanation", 5);

        Assert.Contains(OrderedScoring.WithdrawnTag, Assert.Single(said.Alerts).Tags);
        Assert.Contains(OrderedScoring.WithdrawnTag, Assert.Single(said.Incidents).Tags);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_stood_before_is_told_again_also_after_a_restart(bool isRestarted)
    {
        Assert.Equal([1], Take("first", 0).Alerts.Select(alert => alert.EventCount));
        Take("filler", 20);
        Assert.Equal([3], Take("burst", 25).Alerts.Select(alert => alert.EventCount));
        if (isRestarted)
            Restart();

        var said = Take("explanation", 22);

        Assert.Equal([1], said.Alerts.Select(alert => alert.EventCount));
        Assert.Equal([1], said.Incidents.Select(incident => incident.Version));
        Assert.DoesNotContain(OrderedScoring.WithdrawnTag, said.Alerts[0].Tags);
    }

    private (IReadOnlyList<Alert> Alerts, IReadOnlyList<Incident> Incidents) Take(string id, int minute)
    {
        _log.Add(Encoding.UTF8.GetBytes(
            $$"""{"schema":"sentinel.ledger-transaction.v1","id":"{{id}}","time":"{{Start.AddMinutes(minute):yyyy-MM-ddTHH:mm:ssZ}}","node":"n","actor":"a","contract":"c","method":"m","status":"success"}"""));
        _scoring.Add((0, _log.Count - 1), DateTimeOffset.MaxValue.AddDays(-2), Decoded(_log[^1]));
        var said = _scoring.Settle().ToList();
        return ([.. said.SelectMany(verdict => verdict.Alerts)], [.. said.SelectMany(verdict => verdict.Incidents)]);
    }

    private void Restart()
    {
        using var saved = new MemoryStream();
        _scoring.Save(saved);
        var resume = _scoring.ResumeOffsets[0];
        Assert.True(resume >= 0, "The first event is to be settled.");
        saved.Position = 0;
        _scoring = Make();
        _scoring.Restore(saved);
        for (var offset = (int)resume + 1; offset < _log.Count; offset++)
            _scoring.TakeAgain((0, offset), DateTimeOffset.MaxValue.AddDays(-2), Decoded(_log[offset]));
        foreach (var _ in _scoring.Settle())
            continue;
        _scoring.EndRestore();
    }

    private static SentinelEvent Decoded(byte[] record)
    {
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(record, observed, out _));
        return observed;
    }

    private static OrderedScoring Make() => new(
        state => new SuspiciousEngine(state), new NativeEventDecoder(), new OrderedScoringOptions { CheckpointEveryEvents = 1 });

    /// <summary>Finds a first event odd, and a burst odder, unless it knows the explanation.</summary>
    private sealed class SuspiciousEngine : IDetectionEngine
    {
        private bool _knows;

        public SuspiciousEngine(Stream? state) => _knows = state?.ReadByte() == 1;

        public EventVerdict Process(SentinelEvent observed)
        {
            var id = observed.TextOf(TextField.Id);
            _knows |= id == "explanation";
            return (id, _knows) switch
            {
                ("first", false) => Said(1),
                ("burst", false) => Said(3),
                _ => new EventVerdict(0, 1, [], []),
            };
        }

        public IReadOnlyList<EntityRisk> TopRisks(int entitiesMax) => [];

        public void Save(Stream destination) => destination.WriteByte(_knows ? (byte)1 : (byte)0);

        private static EventVerdict Said(int number) => new(
            1, 0, [SomeCase.Alert() with { EventCount = number }], [SomeCase.Incident() with { Version = number }]);
    }
}
