using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Ingest.Sources;

namespace SentinelHealth.Dashboard.Tests.Commands;

public sealed class BackFillProgressTests
{
    [Fact]
    public async Task A_person_sees_the_history_of_a_ledger_being_read_until_it_is()
    {
        var ledger = new SteppingLedger((0, 0), (100, 1_000), (600, 1_000), (900, 1_010), (1_000, 1_020), (1_001, 1_021));

        var said = await ShowAsync(isTerminal: true, ledger);

        Assert.Contains("Reading [besu]", said, StringComparison.Ordinal);
        // It ends with what was there at the beginning, not with what has come since.
        Assert.Equal(4, ledger.Beats);
    }

    [Fact]
    public async Task Nobody_sees_anything_when_nobody_watches()
    {
        var ledger = new SteppingLedger((100, 1_000), (1_000, 1_000));

        Assert.Equal("", await ShowAsync(isTerminal: false, ledger));
        Assert.Equal(0, ledger.Beats);
    }

    [Fact]
    public async Task A_ledger_that_is_nearly_read_gets_no_bar()
    {
        var ledger = new SteppingLedger((0, 0), (950, 1_000));

        Assert.Equal("", await ShowAsync(isTerminal: true, ledger));
        Assert.Equal(1, ledger.Beats);
    }

    [Fact]
    public async Task It_ends_with_the_monitor()
    {
        using var stop = new CancellationTokenSource();
        var ledger = new SteppingLedger((100, 1_000), (200, 1_000)) { AtEnd = stop.Cancel };

        await ShowAsync(isTerminal: true, ledger, stop.Token);

        Assert.True(stop.IsCancellationRequested);
    }

    private static async Task<string> ShowAsync(bool isTerminal, SteppingLedger ledger, CancellationToken stop = default)
    {
        await using var error = new StringWriter();
        var surroundings = new CommandSurroundings
        {
            OpenInput = () => Stream.Null,
            OpenOutput = () => Stream.Null,
            Output = TextWriter.Null,
            Error = error,
            IsTerminal = isTerminal,
        };
        await BackFillProgress.ShowAsync(surroundings, [ledger], cancel =>
        {
            ledger.Step();
            cancel.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }, stop);
        return error.ToString();
    }

    /// <summary>Goes on by one step a beat.</summary>
    private sealed class SteppingLedger(params (long Done, long Total)[] steps) : ISource
    {
        public string Name => "[besu]";

        public int Beats { get; private set; }

        public Action? AtEnd { get; init; }

        public SourceHealth Health
        {
            get
            {
                var (done, total) = steps[Math.Min(Beats, steps.Length - 1)];
                return new("", new SourceProgress(done, total, "blocks", 10));
            }
        }

        public void Step()
        {
            if (++Beats >= steps.Length)
                AtEnd?.Invoke();
            if (Beats > 100)
                throw new InvalidOperationException("It goes on for ever.");
        }

        public Task RunAsync(IIntake intake, CancellationToken cancel) => Task.CompletedTask;
    }
}
