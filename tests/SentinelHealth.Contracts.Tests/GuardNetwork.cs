using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Contracts.Tests;

/// <summary>One network per test, with the guard's calls spelled the way the tests speak of them.</summary>
internal sealed class GuardNetwork(AnvilNetwork network) : IAsyncDisposable
{
    public const string Guard = "SentinelGuard";
    public const string Evidence = "0xe1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1";
    public const int HourSeconds = 3600;

    public static readonly EvmAddress Doctor = EvmAddress.Parse("0x00000000000000000000000000000000000d0c01");

    public AnvilNetwork Network { get; } = network;

    public static async Task<GuardNetwork> StartAsync() => new(await AnvilNetwork.StartAsync());

    public static string Key(int number) => Hex.Data(Keccak256.Hash($"action {number}"));

    public static object?[] Order(object target, int key, long ttlSeconds = HourSeconds) =>
        [target, ttlSeconds, long.MaxValue, Key(key), "inc-7", Evidence];

    public Task<EvmReceipt> ContainAsync(string function, object target, int key, long ttlSeconds = HourSeconds) =>
        Network.SendAsync(Network.Automation, Guard, function, Order(target, key, ttlSeconds));

    public Task<string?> RefusalAsync(string function, object target, int key, long ttlSeconds = HourSeconds) =>
        Network.RefusalAsync(Network.Automation, Guard, function, Order(target, key, ttlSeconds));

    public Task<EvmReceipt> RestoreAsync(string function, object target, int key) =>
        Network.SendByTwoAsync(Network.Restorer, Network.SecondRestorer, Guard, function, target, Key(key), Evidence, "person:olga");

    public Task<EvmReceipt> RenewAsync(int key, long until) =>
        Network.SendByTwoAsync(Network.Restorer, Network.SecondRestorer, Guard, "renew", Key(key), until, Evidence, "person:olga");

    /// <summary>The reason for which a network contract's hook refuses; null when the call would pass.</summary>
    public async Task<string?> DenialAsync(EvmAddress from, string contract, string function, params object?[] values)
    {
        var at = Network.Contract(contract);
        if (await at.RehearseAsync(from, at.Abi.EncodeCall(function, values), CancellationToken.None) is not { } error)
            return null;
        Assert.Equal(Hex.Data(Keccak256.Hash("NotAllowed(bytes32)").AsSpan(0, 4)), Hex.Data(error.Data.AsSpan(0, 4)));
        return EvmWord.Unpack(error.Data.AsSpan(4, 32));
    }

    /// <summary>Lets what was let go rest for as long as the guard demands.</summary>
    public Task RestAsync() => Network.Node.AdvanceAsync(TimeSpan.FromMinutes(10));

    public async Task<long> NowAsync()
    {
        var head = await Network.Node.Rpc.CallAsync("eth_getBlockByNumber", CancellationToken.None, "latest", false);
        return Hex.ToLong(head.GetProperty("timestamp").GetString());
    }

    public async Task<bool> IsQuarantinedAsync(string node) => (bool)await Network.ReadAsync(Guard, "isQuarantined", node);

    public Task<EvmReceipt> AdministerAsync(string function, params object?[] values) =>
        Network.AdministerAsync(function, values);

    public ValueTask DisposeAsync() => Network.DisposeAsync();
}
