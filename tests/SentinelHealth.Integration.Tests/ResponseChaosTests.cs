namespace SentinelHealth.Integration.Tests;

/// <summary>A small run of the program that kills the executor and restarts the node while actions are on their way.</summary>
public sealed class ResponseChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Decisions_and_effects_on_chain_agree_though_the_executor_is_killed_and_the_node_restarted()
    {
        var (code, said) = await BenchmarkProgram.RunAsync("response-chaos", "--actions", "30");

        output.WriteLine(said);
        Assert.Contains("\"effectsOnChain\":30,\"effectsTwice\":0,\"decisionsThatDisagreeWithTheChain\":0", said,
            StringComparison.Ordinal);
        Assert.Contains("\"timersThatDidNotEndOnce\":0,\"stillContained\":0", said, StringComparison.Ordinal);
        Assert.Equal(0, code);
    }
}
