namespace SentinelHealth.Integration.Tests;

/// <summary>Small runs of the program that judges from outside what a source loses, doubles or reorders under kill -9.</summary>
public sealed class SourceConservationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("http")]
    [InlineData("file")]
    public async Task Nothing_is_lost_or_scored_twice_while_the_process_is_killed(string source)
    {
        var (code, said) = await BenchmarkProgram.RunAsync("conservation", "--source", source, "--kills", "3");

        output.WriteLine(said);
        Assert.Contains("killed 3 times", said, StringComparison.Ordinal);
        Assert.Contains("lost 0, scored twice 0, out of order 0, foreign 0, refused 0", said, StringComparison.Ordinal);
        Assert.EndsWith("KEPT", said.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Every_transaction_the_ledger_ends_with_is_scored_once_whatever_became_of_its_history()
    {
        var (code, said) = await BenchmarkProgram.RunAsync("conservation", "--source", "ledger", "--kills", "3");

        output.WriteLine(said);
        Assert.Contains("lost 0,", said, StringComparison.Ordinal);
        Assert.Contains("scored twice 0,", said, StringComparison.Ordinal);
        Assert.Contains("foreign 0,", said, StringComparison.Ordinal);
        Assert.EndsWith("KEPT", said.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, code);
    }
}
