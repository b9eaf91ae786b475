namespace SentinelHealth.Integration.Tests;

/// <summary>A small run of the program that judges from outside whether anything is lost, doubled or out of order.</summary>
public sealed class KafkaConservationTests(ITestOutputHelper output)
{
    [Fact]
    public Task Nothing_is_lost_or_scored_twice_while_workers_are_killed_and_brokers_fail() => AssertKeptAsync();

    /// <summary>The same two processes over one PostgreSQL server: who lost a partition cannot commit work on it.</summary>
    [Fact]
    public Task Nothing_is_lost_or_scored_twice_when_the_workers_share_a_Postgres_server() => AssertKeptAsync("--postgres");

    private async Task AssertKeptAsync(params string[] options)
    {
        var (code, said) = await BenchmarkProgram.RunAsync(
            ["kafka-conservation", "--events", "20000", "--kills", "3", "--rebalances", "1", "--outages", "1", "--errors", "2", .. options]);

        output.WriteLine(said);
        Assert.Contains("fed 20000, scored 20000, lost 0, scored twice 0, out of order 0, foreign 0", said, StringComparison.Ordinal);
        Assert.Contains("killed 3 times", said, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }
}
