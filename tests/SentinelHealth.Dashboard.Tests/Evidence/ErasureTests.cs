using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Dashboard.Evidence;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Jobs;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Evidence;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Dashboard.Tests.Evidence;

/// <summary>What an erasure reaches is searched for in the bytes of the files.</summary>
public sealed class ErasureTests
{
    private const string Person = "patient:9f3c77", Other = "patient:51ab02", Mark = "appendectomy-note-4711",
        OthersMark = "cataract-note-0815";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erasing_reaches_the_case_store_the_event_log_the_audit_index_dead_letters_and_disclosures()
    {
        await using var monitor = await FilledAsync();
        using var erasure = Erasure(monitor);
        Assert.NotEmpty(FilesWith(monitor, Mark));

        var first = await erasure.OrderAsync(Person, "ada", "Asked for by the person.", Cancel);
        var same = await erasure.OrderAsync(Person, " Ada ", "Asked for by the person.", Cancel);
        var second = await erasure.OrderAsync(Person, "ben", "Asked for by the person.", Cancel);

        Assert.False(first.IsDone);
        Assert.False(same.IsDone);
        Assert.True(second.IsDone, second.Detail);
        Assert.Empty(FilesWith(monitor, Mark));
        Assert.NotEmpty(FilesWith(monitor, OthersMark));
        var scope = new ReportScope(SomeCase.At.AddDays(-1), SomeCase.At.AddDays(1), Other, long.MaxValue);
        Assert.Single(monitor.Parts.Observed.Disclosures(scope).Found);
        Assert.Single(await monitor.Parts.Store.EvidenceAsync(["e-2"], Cancel));
    }

    [Fact]
    public async Task The_pump_is_told_whom_to_forget_once_the_second_person_orders_it()
    {
        await using var monitor = await FilledAsync();
        var told = new List<string>();
        var (evidence, orders) = (monitor.Parts.Evidence!, monitor.Parts.Compliance.Store);
        using var erasure = new SubjectErasure(
            new ErasureReach(evidence, orders, monitor.Data, monitor.Clock) { Forget = told.Add });

        await erasure.OrderAsync(Person, "ada", "Asked for by the person.", Cancel);
        Assert.Empty(told);
        await erasure.OrderAsync(Person, "ben", "Asked for by the person.", Cancel);

        Assert.Equal([Person], told);
    }

    [Fact]
    public async Task The_second_person_may_come_after_a_restart_and_by_the_command_line_but_not_after_a_day()
    {
        var clock = new ManualClock(SomeCase.At);
        await using var monitor = await SmallMonitor.OpenAsync(clock);
        using (var erasure = Erasure(monitor))
            Assert.False((await erasure.OrderAsync(Person, "ada", "Asked for.", Cancel)).IsDone);
        using var restarted = Erasure(monitor);
        clock.Advance(TimeSpan.FromHours(25));

        var late = await restarted.OrderAsync(Person, "ben", "Asked for.", Cancel);
        var inTime = await restarted.OrderAsync(Person, "cleo", "Asked for.", Cancel);

        Assert.False(late.IsDone);
        Assert.True(inTime.IsDone, inTime.Detail);
    }

    [Fact]
    public async Task A_legal_hold_refuses_an_erasure_and_outlasts_retention()
    {
        await using var monitor = await FilledAsync();
        using var erasure = Erasure(monitor);
        await erasure.HoldAsync(Person, "ada", "Court case 12.", HoldOrder.Hold, Cancel);

        await erasure.OrderAsync(Person, "ada", "Asked for.", Cancel);
        var refused = await erasure.OrderAsync(Person, "ben", "Asked for.", Cancel);
        monitor.Clock.Advance(TimeSpan.FromDays(366 * 6));
        var outcome = await Retention(monitor).LookAsync(Cancel);

        Assert.Contains("legal hold", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(new RetentionOutcome(Disclosures: 1, EventRecords: 1), outcome);
        Assert.Single(await monitor.Parts.Store.EvidenceAsync(["e-1"], Cancel));
        Assert.Empty(await monitor.Parts.Store.EvidenceAsync(["e-2"], Cancel));
    }

    [Fact]
    public async Task What_was_begun_goes_through_although_whoever_ordered_it_is_gone()
    {
        await using var monitor = await FilledAsync();
        using var gone = new CancellationTokenSource();
        using var erasure = Erasure(monitor, gone.Cancel);
        await erasure.OrderAsync(Person, "ada", "Asked for.", Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => erasure.OrderAsync(Person, "ben", "Asked for.", gone.Token));

        Assert.Empty(FilesWith(monitor, Mark));
        Assert.Equal(Person, Assert.Single(await monitor.Parts.Store.FileErasuresAsync(0, Cancel)).Subject);
        Assert.Single(await monitor.Parts.Store.EvidenceAboutAsync(EvidenceKind.Erasure, "done", 10, Cancel));
    }

    [Fact]
    public async Task A_legal_hold_that_comes_while_the_log_is_asked_refuses_before_any_process_is_told()
    {
        await using var monitor = await FilledAsync();
        var vault = monitor.Parts.Evidence!.Vault;
        using var erasure = Erasure(monitor, () => vault.Hold(Person, "Court case 12.", "cleo", SomeCase.At));
        await erasure.OrderAsync(Person, "ada", "Asked for.", Cancel);

        var refused = await erasure.OrderAsync(Person, "ben", "Asked for.", Cancel);

        Assert.False(refused.IsDone);
        Assert.Contains("legal hold", refused.Detail, StringComparison.Ordinal);
        Assert.Empty(await monitor.Parts.Store.FileErasuresAsync(10, Cancel));
        Assert.Single(await monitor.Parts.Store.EvidenceAsync(["e-1"], Cancel));
    }

    [Fact]
    public async Task Retention_keeps_what_is_younger_than_its_class_and_runs_once_a_day_across_restarts()
    {
        await using var monitor = await FilledAsync();

        var first = await Retention(monitor).LookAsync(Cancel);
        var again = await Retention(monitor).LookAsync(Cancel);
        monitor.Clock.Advance(TimeSpan.FromHours(24));
        var tomorrow = await Retention(monitor).LookAsync(Cancel);
        monitor.Clock.Advance(TimeSpan.FromDays(366 * 6));
        var years = await Retention(monitor).LookAsync(Cancel);

        Assert.Equal(new RetentionOutcome(0, 0), first);
        Assert.Null(again);
        Assert.Equal(new RetentionOutcome(0, 0), tomorrow);
        Assert.Equal(new RetentionOutcome(2, 2), years);
        Assert.Single(await monitor.Parts.Store.EvidenceAboutAsync(EvidenceKind.Analyst, RetentionJob.Name, 10, Cancel));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task A_process_that_does_not_lead_lets_go_of_what_is_over_in_its_own_files_once_a_day(bool leads, int removed)
    {
        var clock = new ManualClock(SomeCase.At);
        await using var monitor = await SmallMonitor.OpenAsync(
            clock, change: plan => leads ? plan : plan with { Roles = ProcessRoles.Dashboard });
        using var job = new FilesJob(monitor.Parts, new RetentionPlan(6, 6), NullLogger<FilesJob>.Instance);
        monitor.Parts.Observed.Add([Entry(0, Person)]);
        Assert.Equal(0, job.Forget());

        clock.Advance(TimeSpan.FromDays(366 * 6));

        Assert.Equal(removed, job.Forget());
        monitor.Parts.Observed.Add([Entry(1, Other)]);
        Assert.Equal(0, job.Forget());
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(removed, job.Forget());
    }

    private static LogEntry Entry(long offset, string subject) => new(
        0, offset, "test", SomeCase.At, Encoding.UTF8.GetBytes(Record($"e-{offset}", subject, Mark)));

    [Fact]
    public async Task The_command_erases_where_no_monitor_runs_and_stays_away_where_one_does()
    {
        using var folder = new TemporaryFolder();
        await using (var monitor = await FilledAsync())
        {
            var busy = await EraseAsync(monitor.Data, "ada");
            Assert.Equal(2, busy);
            await monitor.Parts.Evidence!.Recorder.DrainAsync(Cancel);
            foreach (var file in FilesOf(monitor.Data))
            {
                var copy = Path.Combine(folder.Path, Path.GetRelativePath(monitor.Data, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        Assert.Equal(1, await EraseAsync(folder.Path, "ada"));
        Assert.Equal(0, await EraseAsync(folder.Path, "ben"));

        Assert.DoesNotContain(
            FilesOf(folder.Path), file => Holds(file, Mark));
        Assert.Equal(0, (await Commands.CommandRun.OfAsync("evidence", "check", "--data", folder.Path)).ExitCode);
    }

    private static async Task<int> EraseAsync(string data, string user)
    {
        await using var output = new StringWriter();
        var surroundings = new CommandSurroundings
        {
            OpenInput = () => Stream.Null,
            OpenOutput = () => Stream.Null,
            Output = output,
            Error = output,
            IsTerminal = false,
            Clock = new ManualClock(SomeCase.At),
            User = user,
        };
        return await SentinelCommandLine.RunAsync(
            ["evidence", "erase", "--subject", Person, "--reason", "Asked for.", "--data", data], surroundings);
    }

    /// <summary>Two persons in every store there is, each with a word that is nowhere else.</summary>
    private static async Task<SmallMonitor> FilledAsync()
    {
        var monitor = await SmallMonitor.OpenAsync(new ManualClock(SomeCase.At));
        var records = new[] { Record("e-1", Person, Mark), Record("e-2", Other, OthersMark) };
        await monitor.WatchAsync(records);
        await monitor.Parts.Store.CommitAsync(
            new CaseCommit
            {
                ScoredOffsets = new Dictionary<int, long>(),
                Alerts = [SomeCase.Alert() with { EventIds = ["e-1", "e-2"] }],
                Incidents = [SomeCase.Incident()],
                Events = [new EventEvidence("e-1", records[0]), new EventEvidence("e-2", records[1])],
            },
            Cancel);
        await monitor.Parts.Store.PutSnapshotAsync(0, 1, [1], Cancel);
        await monitor.Parts.DeadLetters.AppendAsync([Letter("l-1", Person, Mark), Letter("l-2", Other, OthersMark)], Cancel);
        return monitor;
    }

    private static DeadLetter Letter(string place, string subject, string mark)
    {
        var payload = Encoding.UTF8.GetBytes($$"""{"subject":"{{subject}}","note":"{{mark}}" """);
        var rejection = new Rejection(RejectionReason.NotJson, "It is cut off.", payload.Length);
        return new DeadLetter("test", place, rejection, payload, payload.Length,
            Convert.ToHexStringLower(SHA256.HashData(payload)));
    }

    private static string Record(string id, string subject, string mark) => $$"""
        {"schema":"sentinel.ledger-transaction.v1","id":"{{id}}","time":"2026-11-02T08:00:00Z","node":"node:clinic-9","actor":"did:ethr:0x1000000000000000000000000000000000000001","contract":"AccessRegistry","method":"recordAccess","status":"success","subject":"{{subject}}","purpose":"HRESCH","args":{"note":"{{mark}}"} }
        """;

    private static SubjectErasure Erasure(SmallMonitor monitor) =>
        new(new ErasureReach(monitor.Parts.Evidence!, monitor.Parts.Compliance.Store, monitor.Data, monitor.Clock));

    /// <summary>As with several processes; something happens while their log is asked where it ends.</summary>
    private static SubjectErasure Erasure(SmallMonitor monitor, Action meanwhile) =>
        new(new ErasureReach(monitor.Parts.Evidence!, monitor.Parts.Compliance.Store, monitor.Data, monitor.Clock)
        {
            Ends = _ =>
            {
                meanwhile();
                return Task.FromResult<IReadOnlyDictionary<int, long>>(new Dictionary<int, long> { [0] = 1 });
            },
        });

    private static RetentionJob Retention(SmallMonitor monitor) =>
        new(monitor.Parts, new RetentionPlan(6, 6), NullLogger<RetentionJob>.Instance);

    private static List<string> FilesWith(SmallMonitor monitor, string mark) =>
        [.. FilesOf(monitor.Data).Where(file => Holds(file, mark))];

    /// <summary>Locks are empty, and nobody else may open them.</summary>
    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal));

    private static bool Holds(string file, string mark)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.GetBuffer().AsSpan(0, (int)memory.Length).IndexOf(Encoding.UTF8.GetBytes(mark)) >= 0;
    }
}
