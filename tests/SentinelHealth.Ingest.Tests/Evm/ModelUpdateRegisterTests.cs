using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Ingest.Tests.Evm;

public sealed class ModelUpdateRegisterTests
{
    [Fact]
    public async Task A_registered_update_is_known_by_its_own_node_model_round_and_digest_alone()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var network = await AnvilNetwork.StartAsync();
        var register = new ModelUpdateRegister(network.Node.Rpc, network.Deployment, TimeProvider.System);
        Assert.False(await register.IsRegisteredAsync("site-a", "peer-baseline", 3, "sha256:aa", cancel));

        var transaction = await register.RegisterAsync(network.Admin, "site-a", "peer-baseline", 3, "sha256:aa", cancel);
        await register.RegisterAsync(network.Admin, "site-a", "peer-baseline", 4, "sha256:bb", cancel);

        Assert.StartsWith("0x", transaction, StringComparison.Ordinal);
        Assert.True(await register.IsRegisteredAsync("site-a", "peer-baseline", 3, "sha256:aa", cancel));
        Assert.False(await register.IsRegisteredAsync("site-b", "peer-baseline", 3, "sha256:aa", cancel));
        Assert.False(await register.IsRegisteredAsync("site-a", "another-model", 3, "sha256:aa", cancel));
        Assert.False(await register.IsRegisteredAsync("site-a", "peer-baseline", 4, "sha256:aa", cancel));
        Assert.False(await register.IsRegisteredAsync("site-a", "peer-baseline", 3, "sha256:bb", cancel));
    }

    [Fact]
    public async Task A_name_that_the_contract_cannot_hold_is_refused_before_anything_is_sent()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var register = new ModelUpdateRegister(network.Node.Rpc, network.Deployment, TimeProvider.System);

        await Assert.ThrowsAsync<EvmFormatException>(() => register.RegisterAsync(
            network.Admin, new string('a', 33), "peer-baseline", 1, "sha256:aa", TestContext.Current.CancellationToken));
    }
}
