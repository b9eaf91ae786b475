using System.Globalization;
using System.Text;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Ingest.Formats.Fhir;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Storage;

public sealed class AuditIndexTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly AuditRetention Long = new(1_000_000, TimeSpan.FromDays(30));

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string IndexPath => _folder.File(AuditIndex.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Audit_events_of_all_partitions_are_found_in_order_of_their_times()
    {
        using var index = new AuditIndex(IndexPath, Long, _clock);
        index.Add([Entry(0, 5, "late", minute: 9), Entry(0, 6, "other", minute: 1, patient: "77aa")]);
        index.Add([Entry(3, 5, "early", minute: 2)]);

        Assert.Equal(["early", "late"], Ids(index, new() { From = Start, To = Start.AddDays(1), Patient = "Patient/9f3c" }));
        Assert.Equal(["other", "early", "late"], Ids(index, new() { From = Start, To = Start.AddDays(1) }));
        Assert.Equal(["early"], Ids(index, new() { From = Start.AddMinutes(2), To = Start.AddMinutes(9) }));
    }

    [Theory]
    [InlineData("Practitioner/17")]
    [InlineData("17")]
    [InlineData("dr-17")]
    public void An_agent_is_found_by_reference_id_and_identifier(string agent)
    {
        using var index = new AuditIndex(IndexPath, Long, _clock);
        index.Add([Entry(0, 0, "a", minute: 1)]);

        Assert.Equal(["a"], Ids(index, new() { From = Start, To = Start.AddDays(1), Agent = agent }));
        Assert.Empty(Ids(index, new() { From = Start, To = Start.AddDays(1), Agent = "7" }));
    }

    [Fact]
    public void Entries_that_come_again_after_a_crash_are_the_same_and_duplicates_are_none()
    {
        using (var index = new AuditIndex(IndexPath, Long, _clock))
            index.Add([Entry(0, 0, "a", minute: 1)]);

        using var again = new AuditIndex(IndexPath, Long, _clock);
        again.Add([Entry(0, 0, "a", minute: 1), Entry(0, 1, "b", minute: 2), Entry(0, 2, "b", minute: 2) with { IsDuplicate = true }]);

        Assert.Equal(["a", "b"], Ids(again, new() { From = Start, To = Start.AddDays(1) }));
    }

    [Fact]
    public void Pages_continue_where_the_one_before_stopped_though_times_are_equal()
    {
        using var index = new AuditIndex(IndexPath, Long, _clock);
        index.Add([.. Enumerable.Range(0, 7).Select(i => Entry(0, i, $"e-{i}", minute: i / 4))]);
        var search = new AuditEventSearch { From = Start, To = Start.AddDays(1), Patient = "9f3c" };
        var seen = new List<string>();

        AuditPage page;
        AuditCursor? after = null;
        do
        {
            page = index.Find(search, after, 2);
            seen.AddRange(page.Found.Select(IdOf));
            after = page.Next;
        }
        while (after is not null && seen.Count < 100);

        Assert.Equal(["e-0", "e-1", "e-2", "e-3", "e-4", "e-5", "e-6"], seen);
    }

    [Fact]
    public void What_the_log_no_longer_keeps_is_not_found_any_more()
    {
        using var byAge = new AuditIndex(IndexPath, Long with { AgeMax = TimeSpan.FromDays(1) }, _clock);
        byAge.Add([Entry(0, 0, "old", minute: 1) with { ReceivedAt = _clock.GetUtcNow() }]);
        _clock.Advance(TimeSpan.FromDays(2));
        byAge.Add([Entry(0, 1, "new", minute: 2) with { ReceivedAt = _clock.GetUtcNow() }]);
        using var byNumber = new AuditIndex(_folder.File("other.db"), Long with { AuditsMax = 2 }, _clock);
        byNumber.Add([.. Enumerable.Range(0, 5).Select(i => Entry(0, i, $"e-{i}", minute: i))]);

        Assert.Equal(["new"], Ids(byAge, new() { From = Start, To = Start.AddDays(1), Patient = "9f3c" }));
        Assert.Equal(["e-3", "e-4"], Ids(byNumber, new() { From = Start, To = Start.AddDays(1), Patient = "9f3c" }));
    }

    [Fact]
    public async Task A_log_that_was_there_before_the_index_is_made_up_for_once()
    {
        var log = new FakeLog();
        for (var i = 0; i < 3; i++)
            log.Add("s", Encoding.UTF8.GetString(Entry(0, i, $"e-{i}", minute: i).Payload.Span));
        // The fake's entries were received in 1970.
        using var index = new AuditIndex(IndexPath, Long with { AgeMax = TimeSpan.FromDays(36_500) }, _clock);
        Assert.False(index.IsComplete);

        await index.CompleteAsync(log, 0, upTo: 1, Cancel);

        Assert.True(index.IsComplete);
        Assert.Equal(["e-0", "e-1"], Ids(index, new() { From = Start, To = Start.AddDays(1) }));
    }

    [Fact]
    public void The_trail_of_readings_cannot_be_changed_or_shortened()
    {
        using var trail = new ReadTrail(_folder.File(ReadTrail.FileName));
        trail.Add(new AuditRead(0, Start, "alice", "?date=2026", 3, ["9f3c"]));
        using var connection = new SqliteFile(_folder.File(ReadTrail.FileName)).Open();

        foreach (var statement in new[] { "UPDATE reads SET reader = 'bob'", "DELETE FROM reads" })
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the two above.
            command.CommandText = statement;
#pragma warning restore CA2100
            Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => command.ExecuteNonQuery());
        }

        var read = Assert.Single(trail.Older(long.MaxValue, 10));
        Assert.Equal((1L, Start, "alice", "?date=2026", 3), (read.Number, read.At, read.Reader, read.Query, read.Found));
        Assert.Equal(["9f3c"], read.Patients);
    }

    private static List<string> Ids(AuditIndex index, AuditEventSearch search) =>
        [.. index.Find(search, null, 100).Found.Select(IdOf)];

    private static string IdOf(ReadOnlyMemory<byte> audit) =>
        System.Text.Json.JsonDocument.Parse(audit).RootElement.GetProperty("id").GetString()!;

    private static LogEntry Entry(int partition, long offset, string id, int minute, string patient = "9f3c")
    {
        var recorded = Start.AddMinutes(minute).ToString("O", CultureInfo.InvariantCulture);
        var record = $$$"""
            {"schema":"sentinel.ledger-transaction.v1","id":"{{{id}}}","format":"fhir.r4.AuditEvent","original":
             {"resourceType":"AuditEvent","id":"{{{id}}}","recorded":"{{{recorded}}}","outcome":"0",
              "agent":[{"who":{"reference":"Practitioner/17","identifier":{"value":"dr-17"}},"requestor":true}],
              "entity":[{"what":{"reference":"Patient/{{{patient}}}"}}]}}
            """;
        return new LogEntry(partition, offset, "s", Start, Encoding.UTF8.GetBytes(record));
    }
}
