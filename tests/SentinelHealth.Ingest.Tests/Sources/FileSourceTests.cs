using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Sources;

public sealed class FileSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingIntake _intake = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => _folder.File("events.ndjson");

    private string[] Payloads => [.. _intake.Records.Select(r => r.Payload)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_read_to_its_end_with_the_place_of_every_record()
    {
        File.WriteAllText(FilePath, "\uFEFFa\r\n\nb\nlast");

        await RunToEndAsync();

        Assert.Equal([("events.ndjson:1", "a"), ("events.ndjson:3", "b"), ("events.ndjson:4", "last")],
            _intake.Records.Select(r => (r.Place, r.Payload)));
    }

    [Fact]
    public async Task A_second_run_goes_on_where_the_first_stopped()
    {
        File.WriteAllText(FilePath, "a\nb\n");
        await RunToEndAsync();
        File.AppendAllText(FilePath, "c\n");

        await RunToEndAsync();

        Assert.Equal(["a", "b", "c"], Payloads);
        Assert.Equal("events.ndjson:3", _intake.Records[^1].Place);
    }

    [Theory]
    [InlineData(2, 1_000_000, "2 2 1")]
    [InlineData(1000, 1, "1 1 1 1 1")]
    [InlineData(1000, 1_000_000, "5")]
    public async Task Batches_are_bounded_in_records_and_bytes(int recordsMax, int bytesMax, string expected)
    {
        File.WriteAllText(FilePath, "aa\nbb\ncc\ndd\nee\n");

        await Source(Options() with { AtEnd = FileEnd.Stop, BatchRecordsMax = recordsMax, BatchBytesMax = bytesMax })
            .RunAsync(_intake, Cancel);

        Assert.Equal(expected, string.Join(' ', _intake.BatchSizes));
    }

    [Fact]
    public async Task The_position_moves_only_after_the_intake_accepted()
    {
        File.WriteAllText(FilePath, "a\nb\n");
        _intake.NextFault = new IOException("The log is full.");

        await Assert.ThrowsAsync<IOException>(RunToEndAsync);
        await RunToEndAsync();

        Assert.Equal(["a", "b"], Payloads);
    }

    [Fact]
    public async Task A_crash_before_the_position_was_stored_repeats_the_batch_rather_than_losing_it()
    {
        File.WriteAllText(FilePath, "a\nb\n");
        _intake.FaultAfterNext = new IOException("Killed.");

        await Assert.ThrowsAsync<IOException>(RunToEndAsync);
        await RunToEndAsync();

        Assert.Equal(["a", "b", "a", "b"], Payloads);
    }

    [Fact]
    public async Task A_line_beyond_the_limit_is_handed_over_as_refused_with_its_digest()
    {
        File.WriteAllText(FilePath, "a\n" + new string('x', 5000) + "\nb\n");

        await Source(Options() with { AtEnd = FileEnd.Stop, Lines = new() { LineBytesMax = 100, HeadBytesMax = 10 } })
            .RunAsync(_intake, Cancel);

        Assert.Equal(["a", "xxxxxxxxxx", "b"], Payloads);
        Assert.Equal([null, RejectionReason.TooLarge, null], _intake.Records.Select(r => r.Refused?.Rejection.Reason));
        Assert.Equal(5000, _intake.Records[1].Refused?.PayloadBytes);
    }

    [Fact]
    public async Task Following_takes_in_what_is_appended_and_waits_for_the_end_of_a_line()
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, "a\nb"),
            () =>
            {
                Assert.Equal(["a"], Payloads);
                File.AppendAllText(FilePath, "b\n");
            },
            () => Assert.Equal(["a", "bb"], Payloads));
    }

    [Fact]
    public async Task A_renamed_file_is_read_to_its_end_before_the_new_one()
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, "a\n"),
            () =>
            {
                File.AppendAllText(FilePath, "b\n");
                File.Move(FilePath, FilePath + ".1");
                File.WriteAllText(FilePath, "c\n");
                File.AppendAllText(FilePath + ".1", "late\nunfinished");
            },
            () => { },
            () => Assert.Equal(["a", "b", "late", "unfinished", "c"], Payloads));
    }

    [Fact]
    public async Task An_empty_file_that_is_replaced_does_not_hold_the_source()
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, ""),
            () =>
            {
                File.Move(FilePath, FilePath + ".1");
                File.WriteAllText(FilePath, "c\n");
            },
            () => { },
            () => Assert.Equal(["c"], Payloads));
    }

    [Theory]
    [InlineData("new\n")]
    [InlineData("new but longer than what stood there before\nand more\n")]
    public async Task A_file_cut_in_place_is_read_again_from_its_beginning(string content)
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, "first\nsecond\n"),
            () => File.WriteAllText(FilePath, content),
            () => { },
            () => Assert.Equal(["first", "second", .. content.TrimEnd().Split('\n')], Payloads));
    }

    [Fact]
    public async Task A_rotation_while_nobody_read_is_found_by_content()
    {
        File.WriteAllText(FilePath, "a\n");
        await RunToEndAsync();
        File.AppendAllText(FilePath, "b\n");
        File.Move(FilePath, FilePath + ".1");
        File.WriteAllText(FilePath + ".2", "{older}\n");
        File.SetLastWriteTimeUtc(FilePath + ".2", File.GetLastWriteTimeUtc(FilePath + ".1").AddHours(-1));
        File.WriteAllText(FilePath, "c, a file longer than the old one\n");

        await RunToEndAsync();

        Assert.Equal(["a", "b", "c, a file longer than the old one"], Payloads);
    }

    [Fact]
    public async Task Every_rotation_while_nobody_read_is_made_up_for_oldest_first()
    {
        File.WriteAllText(FilePath, "{a}\n");
        await RunToEndAsync();
        Rotate(".3", "{b}\n", minutesAgo: 30);
        Rotate(".2", "{c}\n", minutesAgo: 20);
        Rotate(".1", "{d}\n", minutesAgo: 10);
        File.WriteAllText(FilePath + ".md", "Notes about this log.\n");
        File.WriteAllText(FilePath + ".2.gz", "{never}\n");
        File.WriteAllText(FilePath, "{e}\n");

        await RunToEndAsync();
        await RunToEndAsync();

        Assert.Equal(["{a}", "{b}", "{c}", "{d}", "{e}"], Payloads);
    }

    [Fact]
    public async Task Two_rotations_between_two_looks_lose_nothing()
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, "{a}\n"),
            () =>
            {
                Rotate(".2", "{b}\n", minutesAgo: 20);
                Rotate(".1", "{c}\n", minutesAgo: 10);
                File.WriteAllText(FilePath, "{d}\n");
            },
            () => { },
            () => Assert.Equal(["{a}", "{b}", "{c}", "{d}"], Payloads));
    }

    [Fact]
    public async Task A_renamed_file_is_kept_open_until_the_new_one_has_something_in_it()
    {
        await FollowAsync(
            () => File.WriteAllText(FilePath, "a\n"),
            () =>
            {
                File.Move(FilePath, FilePath + ".1");
                File.WriteAllText(FilePath, "");
            },
            () => File.AppendAllText(FilePath + ".1", "b\n"),
            () => File.WriteAllText(FilePath, "c\n"),
            () => { },
            () => Assert.Equal(["a", "b", "c"], Payloads));
    }

    [Fact]
    public async Task A_replaced_file_without_its_predecessor_is_read_whole()
    {
        File.WriteAllText(FilePath, "a\nb\n");
        await RunToEndAsync();
        File.WriteAllText(FilePath, "x\ny\nz\n");

        await RunToEndAsync();

        Assert.Equal(["a", "b", "x", "y", "z"], Payloads);
    }

    [Fact]
    public async Task A_file_that_does_not_exist_yet_is_waited_for()
    {
        await FollowAsync(
            () => Assert.Empty(Payloads),
            () => File.WriteAllText(FilePath, "a\n"),
            () => { },
            () => Assert.Equal(["a"], Payloads));
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_an_error_when_it_is_to_be_read_once() =>
        await Assert.ThrowsAsync<FileNotFoundException>(RunToEndAsync);

    [Fact]
    public async Task A_damaged_position_is_an_error_that_names_its_file()
    {
        File.WriteAllText(FilePath, "a\n");
        foreach (var damage in new[] { "", "{}", "null", """{"Byte":-1,"Line":0,"Fingerprint":""}""" })
        {
            File.WriteAllText(Options().PositionPath, damage);
            var failure = await Assert.ThrowsAsync<InvalidDataException>(RunToEndAsync);
            Assert.Contains("position", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_option_out_of_range_is_refused() =>
        Assert.Throws<ValidationException>(() => Source(Options() with { BatchRecordsMax = 0 }));

    /// <summary>The writer ends its file, which is renamed; the next one begins when somebody writes again.</summary>
    private void Rotate(string suffix, string lastLines, int minutesAgo)
    {
        File.AppendAllText(FilePath, lastLines);
        File.Move(FilePath, FilePath + suffix);
        File.SetLastWriteTimeUtc(FilePath + suffix, File.GetLastWriteTimeUtc(FilePath + suffix).AddMinutes(-minutesAgo));
    }

    private Task RunToEndAsync() => Source(Options() with { AtEnd = FileEnd.Stop }).RunAsync(_intake, Cancel);

    /// <summary>Follows the file; each time the source has reached the end and waits, the next step happens.</summary>
    private async Task FollowAsync(params Action[] steps)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var next = 1;
        steps[0]();
        var source = new FileSource(Options(), async cancel =>
        {
            if (next < steps.Length)
                steps[next++]();
            else
                await stop.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }, NullLogger<FileSource>.Instance);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.RunAsync(_intake, stop.Token));
        Assert.Equal(steps.Length, next);
    }

    private static FileSource Source(FileSourceOptions options) =>
        new(options, TimeProvider.System, NullLogger<FileSource>.Instance);

    private FileSourceOptions Options() => new() { Name = "file", Path = FilePath, PositionPath = _folder.File("position.json") };
}
