using System.Text;
using System.Text.Json;
using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Ingest.DeadLetters;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Ingest.Intake;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class DeadLettersCommandTests : IDisposable
{
    private const string Hostile = "{\"a\":\"\u001b[2J=1+1<script>ü\"}";

    private static readonly string[] ListMembers =
        ["number", "storedAt", "source", "place", "reason", "detail", "bytes", "isWhole", "timesSeen", "replayedAt", "isResolved"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task List_prints_one_line_of_json_for_each_the_newest_first()
    {
        await FillAsync(("f:1", "nonsense"u8.ToArray()), ("f:2", "{\"half\":"u8.ToArray()));

        var all = await RunAsync("list");
        var newest = await RunAsync("list", "--max", "1");

        Assert.Equal((0, 0), (all.ExitCode, newest.ExitCode));
        var lines = Lines(all);
        Assert.Equal(["f:2", "f:1"], lines.Select(line => line.GetProperty("place").GetString()));
        Assert.All(lines, line => Assert.Equal(ListMembers, line.EnumerateObject().Select(member => member.Name)));
        Assert.Equal("NotJson", lines[0].GetProperty("reason").GetString());
        Assert.False(lines[0].GetProperty("isResolved").GetBoolean());
        Assert.Equal("f:2", Assert.Single(Lines(newest)).GetProperty("place").GetString());
    }

    [Fact]
    public async Task Show_prints_the_record_without_anything_a_terminal_could_take_for_a_command()
    {
        await FillAsync(("f:1", Encoding.UTF8.GetBytes(Hostile)));

        var run = await RunAsync("show", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Output, character => Assert.True(character is '\n' or '\r' or (>= ' ' and <= '~'), $"{(int)character:x}"));
        Assert.DoesNotContain("<script>", run.Output, StringComparison.Ordinal);
        var letter = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal([.. ListMembers, "sha256", "record", "recordBase64"], letter.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Hostile, letter.GetProperty("record").GetString());
        Assert.Equal(Encoding.UTF8.GetBytes(Hostile), letter.GetProperty("recordBase64").GetBytesFromBase64());
    }

    [Fact]
    public async Task Replay_takes_in_what_is_an_event_by_now_and_says_what_is_not()
    {
        var good = Some.LedgerTransactionJson(("id", "now-good"));
        await FillAsync(("f:1", "nonsense"u8.ToArray()));
        await RefuseAsync("f:2", good);

        var run = await RunAsync("replay", "--all");
        var again = await RunAsync("replay", "2");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            """{"replayed":2,"accepted":1,"duplicates":0,"stillRefused":1,"incomplete":0}""", run.Output.TrimEnd());
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(
            """{"replayed":1,"accepted":0,"duplicates":1,"stillRefused":0,"incomplete":0}""", again.Output.TrimEnd());
        var listed = Lines(await RunAsync("list"));
        Assert.Equal([true, false], listed.Select(line => line.GetProperty("isResolved").GetBoolean()));
        Assert.Equal([1, 2], listed.Select(line => line.GetProperty("timesSeen").GetInt32()));
        await using var log = OpenLog();
        Assert.Equal(good, Assert.Single(await log.ReadAsync(0, -1, 10, Cancel)).Payload.ToArray());
    }

    [Fact]
    public async Task Replay_needs_the_monitor_to_be_stopped()
    {
        await FillAsync(("f:1", "nonsense"u8.ToArray()));
        await using var monitor = OpenLog();

        var run = await RunAsync("replay", "--all");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("stop the monitor first", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "--max", "0")]
    [InlineData("list", "--max", "10001")]
    [InlineData("show", "2")]
    [InlineData("show", "0")]
    [InlineData("show", "9223372036854775807")]
    [InlineData("show", "one")]
    [InlineData("replay")]
    [InlineData("replay", "1", "--all")]
    public async Task What_cannot_be_asked_is_one_line_and_exit_code_2(params string[] args)
    {
        await FillAsync(("f:1", "nonsense"u8.ToArray()));

        var run = await RunAsync(args);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("show", "1")]
    [InlineData("replay", "--all")]
    public async Task A_folder_without_dead_letters_is_named(params string[] args)
    {
        var run = await RunAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("There are no dead letters here", run.Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.OfAsync(["deadletters", .. args, "--data", _folder.Path]);

    private static List<JsonElement> Lines(CommandRun run) =>
        [.. run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    private async Task FillAsync(params (string Place, byte[] Record)[] records)
    {
        using var letters = OpenLetters();
        await using var log = OpenLog();
        var intake = new EventIntake(log, letters, new NativeEventDecoder(), TimeProvider.System);
        await intake.AcceptAsync("s", [.. records.Select(record => new SentinelHealth.Ingest.Sources.SourceRecord(record.Record, record.Place))], Cancel);
    }

    /// <summary>As an earlier version of the program would have refused it.</summary>
    private async Task RefuseAsync(string place, byte[] record)
    {
        using var letters = OpenLetters();
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(record));
        await letters.AppendAsync(
            [new DeadLetter("s", place, new(SentinelHealth.Ingest.Events.RejectionReason.UnknownSchema, "Not known yet.", -1), record, record.Length, digest)],
            Cancel);
    }

    private SqliteDeadLetters OpenLetters() =>
        SqliteDeadLetters.Open(new SqliteFile(_folder.File(MonitorParts.DeadLettersFile)), new(), TimeProvider.System);

    private SqliteEventLog OpenLog() =>
        SqliteEventLog.Open(new SqliteFile(_folder.File(MonitorParts.LogFile)), new(), TimeProvider.System);
}
