using System.Security.Cryptography;
using System.Text;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Incidents;

public sealed class IncidentDossierTests : IDisposable
{
    private const string Query = """
        {"schema":"sentinel.biometric-query.v1","id":"bq-1","time":"2026-11-02T07:59:00Z","node":"node:clinic-9","actor":"did:ethr:0x1",
         "actorRole":"nurse","organization":"hospital-a","operation":"verify","modality":"face","subject":"patient:b","decision":"no-match"}
        """;

    private const string Transaction = """
        {"schema":"sentinel.ledger-transaction.v1","id":"0x5f1c:3","time":"2026-11-02T08:00:00Z","node":"node:clinic-9",
         "actor":"did:ethr:0x1","organization":"clinic-9","contract":"AccessRegistry","method":"recordAccess","status":"success",
         "subject":"patient:a","purpose":"TREAT","args":{"scope":["imaging","laboratory"],"recordId":"rec-7"}}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly CaseStore _store;
    private readonly ManualClock _clock = new(SomeCase.At.AddHours(1));

    public IncidentDossierTests() => _store = SqliteCaseStore.Open(_folder.File("cases.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_dossier_holds_alerts_events_actions_and_who_read_about_the_patients()
    {
        await StoreAsync("bq-1", "0x5f1c:3");

        var dossier = (await Collector().CollectAsync("inc-1", Cancel))!;

        Assert.Equal(["bq-1", "0x5f1c:3"], dossier.Events.Select(item => item.Id));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Query))), dossier.Events[0].Sha256);
        Assert.Equal("AccessRegistry.recordAccess", dossier.Events[1].Act);
        Assert.Equal("rec-7", dossier.Events[1].Record);
        Assert.Equal("policy:some-playbook", Assert.Single(dossier.Actions).RequestedBy);
        Assert.Equal(["patient:a", "patient:b"], Assert.Single(dossier.Readings).Patients);
        Assert.Equal(_clock.GetUtcNow(), dossier.CollectedAt);
    }

    [Fact]
    public async Task Counts_say_who_was_reached_and_how_it_was_counted()
    {
        await StoreAsync("bq-1", "0x5f1c:3");

        var affected = (await Collector().CollectAsync("inc-1", Cancel))!.Affected();

        Assert.Equal((2, 1), (affected.Persons.Count, affected.PersonsReached.Count));
        Assert.Equal((2, 2), (affected.Records.Count, affected.Accesses.Count));
        Assert.Equal(CountConfidence.Exact, affected.Persons.Confidence);
        Assert.Contains("incident \"inc-1\" version 1", affected.Persons.Query, StringComparison.Ordinal);
        Assert.Equal(["biometric: face", "imaging", "laboratory"], affected.Categories.Select(pair => pair.Key));
    }

    [Fact]
    public async Task A_count_over_events_that_are_gone_says_at_least()
    {
        await StoreAsync("0x5f1c:3", "gone-1");

        var dossier = (await Collector().CollectAsync("inc-1", Cancel))!;

        Assert.Equal(["gone-1"], dossier.MissingEventIds);
        Assert.Equal(CountConfidence.AtLeast, dossier.Affected().Persons.Confidence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""{"id":7,"time":"2026-11-02T08:00:00Z"}""")]
    [InlineData("""{"id":"x","time":"yesterday"}""")]
    public void What_is_no_event_is_left_out_and_never_thrown(string raw) => Assert.Null(DossierEvent.Of(raw));

    [Fact]
    public async Task Nothing_is_made_of_an_incident_that_does_not_exist() =>
        Assert.Null(await Collector().CollectAsync("inc-2", Cancel));

    private async Task StoreAsync(params string[] eventIds)
    {
        var alert = SomeCase.Alert() with { EventIds = eventIds, EventCount = eventIds.Length };
        await _store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long> { [0] = 1 },
                Alerts = [alert],
                Incidents = [SomeCase.Incident()],
                Events = [new EventEvidence("bq-1", Query), new EventEvidence("0x5f1c:3", Transaction)],
                Actions = [SomeCase.Planned()],
            },
            Cancel);
    }

    private DossierCollector Collector() => new(
        _store,
        new DossierSources
        {
            Actions = _store.ActionsOfIncidentAsync,
            Readings = (patients, since, _) => ValueTask.FromResult<IReadOnlyList<DossierReading>>(
                [new DossierReading(since, "auditor", "patient=a", 1, patients)]),
            Versions = _ => DossierVersions.Of("0.1.0"),
        },
        _clock);
}
