using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Log;

public sealed class SqliteEventLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entries_carry_the_time_at_which_they_became_durable()
    {
        await using var log = Open();
        await log.AppendAsync(Batch(0, 1), Cancel);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await log.AppendAsync(Batch(1, 1), Cancel);

        var entries = await log.ReadAsync(0, -1, 10, Cancel);

        Assert.Equal(TimeSpan.FromMinutes(5), entries[1].ReceivedAt - entries[0].ReceivedAt);
        Assert.Equal([0L, 1L], entries.Select(e => e.Offset));
    }

    [Fact]
    public async Task What_an_append_returned_for_is_in_the_files_of_a_machine_that_stops_at_that_moment()
    {
        await using var log = Open();
        for (var batch = 0; batch < 5; batch++)
        {
            await log.AppendAsync(Batch(batch * 10, 10), Cancel);
            var image = CopyFiles($"image-{batch}");

            await using var revived = SqliteEventLog.Open(new SqliteFile(image), new SqliteEventLogOptions(), _clock);

            Assert.Equal((batch + 1) * 10, (await revived.ReadAsync(0, -1, 1000, Cancel)).Count);
            Assert.Equal(new AppendResult(1, 10), await revived.AppendAsync(Batch(batch * 10, 11), Cancel));
        }
    }

    [Fact]
    public async Task A_torn_last_commit_is_undone_whole()
    {
        await using var log = Open();
        await log.AppendAsync(Batch(0, 10), Cancel);
        var durableBytes = new FileInfo(_folder.File("events.db-wal")).Length;
        await log.AppendAsync(Batch(10, 10), Cancel);
        var image = CopyFiles("torn");
        using (var journal = File.OpenWrite(image + "-wal"))
            journal.SetLength(durableBytes + ((journal.Length - durableBytes) / 2));

        await using var revived = SqliteEventLog.Open(new SqliteFile(image), new SqliteEventLogOptions(), _clock);

        Assert.Equal(9, await revived.EndOffsetAsync(0, Cancel));
        Assert.Equal(new AppendResult(10, 10), await revived.AppendAsync(Batch(0, 20), Cancel));
    }

    [Fact]
    public async Task An_append_that_failed_left_nothing_and_may_be_repeated()
    {
        var file = new SqliteFile(_folder.File("events.db")) { BusyTimeout = TimeSpan.FromMilliseconds(50) };
        await using var log = SqliteEventLog.Open(file, new SqliteEventLogOptions(), _clock);
        using (var intruder = file.Open())
        {
            using var begin = intruder.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            await Assert.ThrowsAsync<SqliteException>(async () => await log.AppendAsync(Batch(0, 5), Cancel));
        }

        Assert.Equal(new AppendResult(5, 0), await log.AppendAsync(Batch(0, 5), Cancel));
        Assert.Equal([0L, 1L, 2L, 3L, 4L], (await log.ReadAsync(0, -1, 10, Cancel)).Select(e => e.Offset));
    }

    [Fact]
    public async Task Beyond_the_window_a_returning_record_is_appended_again()
    {
        await using var log = Open(new() { DedupeIdsMax = 1000 });
        await log.AppendAsync(Batch(0, 1001), Cancel);

        Assert.Equal(new AppendResult(0, 1), await log.AppendAsync(Batch(1, 1), Cancel));
        Assert.Equal(new AppendResult(1, 0), await log.AppendAsync(Batch(0, 1), Cancel));
    }

    [Fact]
    public async Task Only_released_entries_are_removed_and_offsets_go_on()
    {
        var options = new SqliteEventLogOptions { RetainedEntriesMax = 100, DedupeIdsMax = 1000 };
        await using (var log = Open(options))
        {
            await log.AppendAsync(Batch(0, 3000), Cancel);
            Assert.Equal(0, (await log.ReadAsync(0, -1, 1, Cancel))[0].Offset);

            log.Release(1000);
            await log.AppendAsync(Batch(3000, 2500), Cancel);
            Assert.Equal(1001, (await log.ReadAsync(0, -1, 1, Cancel))[0].Offset);

            log.Release(long.MaxValue);
            await log.AppendAsync(Batch(5500, 2500), Cancel);
            Assert.Equal(7_900, (await log.ReadAsync(0, -1, 1, Cancel))[0].Offset);
        }

        await using var reopened = Open(options);
        Assert.Equal(7_999, await reopened.EndOffsetAsync(0, Cancel));
        Assert.Equal(new AppendResult(0, 1000), await reopened.AppendAsync(Batch(7_000, 1000), Cancel));
    }

    [Fact]
    public async Task Released_entries_are_removed_when_they_are_old()
    {
        await using var log = Open(new() { RetainedAgeMax = TimeSpan.FromHours(1) });
        await log.AppendAsync(Batch(0, 3000), Cancel);
        log.Release(2999);
        _clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));

        await log.AppendAsync(Batch(3000, 3000), Cancel);

        Assert.Equal(3000, (await log.ReadAsync(0, -1, 1, Cancel))[0].Offset);
    }

    [Fact]
    public async Task A_read_ends_early_when_the_payloads_are_large()
    {
        await using var log = Open(new() { ReadBytesMax = 2500 });
        await log.AppendAsync([.. Enumerable.Range(0, 10).Select(i => new EventEnvelope("s", $"{i}", new byte[1000]))], Cancel);

        Assert.Equal(3, (await log.ReadAsync(0, -1, 10, Cancel)).Count);
        Assert.Equal(3, (await log.ReadAsync(0, 2, 10, Cancel))[0].Offset);
    }

    [Fact]
    public async Task A_log_in_use_is_refused_to_a_second_opener()
    {
        await using var log = Open();

        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public async Task A_log_of_a_later_version_is_refused()
    {
        await using (Open()) { }
        using (var connection = new SqliteFile(_folder.File("events.db")).Open())
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=99";
            command.ExecuteNonQuery();
        }

        var refusal = Assert.Throws<InvalidDataException>(() => Open());
        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_out_of_range_is_refused() =>
        Assert.Throws<ValidationException>(() => Open(new() { DedupeIdsMax = 999 }));

    [Fact]
    public async Task A_closed_log_refuses_appends()
    {
        var log = Open();
        await log.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.AppendAsync(Batch(0, 1), Cancel));
    }

    [Fact]
    public void Different_pairs_of_source_and_identifier_have_different_keys()
    {
        Assert.NotEqual(DedupeWindow.KeyOf("ab", "c"), DedupeWindow.KeyOf("a", "bc"));
        Assert.NotEqual(DedupeWindow.KeyOf("s", new string('x', 900)), DedupeWindow.KeyOf("s", new string('x', 901)));
        Assert.Equal(DedupeWindow.KeyOf("s", "id"), DedupeWindow.KeyOf("s", "id"));
    }

    private SqliteEventLog Open(SqliteEventLogOptions? options = null) =>
        SqliteEventLog.Open(new SqliteFile(_folder.File("events.db")), options ?? new(), _clock);

    private string CopyFiles(string name)
    {
        var image = _folder.File(name + ".db");
        File.Copy(_folder.File("events.db"), image);
        File.Copy(_folder.File("events.db-wal"), image + "-wal");
        return image;
    }

    private static List<EventEnvelope> Batch(int first, int count) =>
        [.. Enumerable.Range(first, count)
            .Select(i => new EventEnvelope("s", i.ToString(CultureInfo.InvariantCulture), new byte[] { 1 }))];
}
