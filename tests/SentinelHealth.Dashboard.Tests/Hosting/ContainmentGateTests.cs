using SentinelHealth.Dashboard.Hosting;
using SentinelHealth.Dashboard.Tests.Fakes;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Simulation;
using SentinelHealth.Response.Actions;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Hosting;

public sealed class ContainmentGateTests
{
    private readonly FakeCases _cases = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_quarantined_node_is_stopped_until_its_time_is_over()
    {
        _cases.Actions.Add(Sample.Action() with { ExpiresAt = _clock.GetUtcNow() + TimeSpan.FromHours(1) });
        var gate = await ReadAsync();

        Assert.True(gate.IsContained(new SimulatedAttempt(Sample.Node.Id, "did:ethr:0x1", null)));
        Assert.False(gate.IsContained(new SimulatedAttempt("node:other", Sample.Node.Id, Sample.Node.Id)));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(gate.IsContained(new SimulatedAttempt(Sample.Node.Id, "did:ethr:0x1", null)));
    }

    [Fact]
    public async Task A_paused_contract_does_nothing_for_anybody_and_other_contracts_go_on()
    {
        _cases.Actions.Add(Sample.Action() with
        {
            Kind = ActionKind.PauseContract,
            Target = new EntityRef(EntityType.Contract, "DataToken"),
            ExpiresAt = _clock.GetUtcNow() + TimeSpan.FromHours(1),
        });
        var gate = await ReadAsync();

        Assert.True(gate.IsContained(new SimulatedAttempt("node:a", "did:ethr:0x1", null) { Contract = "DataToken" }));
        Assert.False(gate.IsContained(new SimulatedAttempt("node:a", "did:ethr:0x1", null) { Contract = "AccessRegistry" }));
        Assert.False(gate.IsContained(new SimulatedAttempt("node:a", "did:ethr:0x1", null)));
    }

    [Fact]
    public async Task Nothing_is_stopped_where_nothing_is_contained()
    {
        var gate = await ReadAsync();

        Assert.False(gate.IsContained(new SimulatedAttempt(Sample.Node.Id, "did:ethr:0x1", "g-1")));
    }

    private async Task<ContainmentGate> ReadAsync()
    {
        var gate = new ContainmentGate(_cases, _clock);
        using var stop = new CancellationTokenSource();
        var running = gate.RunAsync(stop.Token);
        await stop.CancelAsync();
        await running;
        return gate;
    }
}
