using System.CommandLine;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Benchmarks.Response;

/// <summary>What each call of the guard costs, on a fresh chain.</summary>
internal static class GuardGasCommand
{
    private const string Guard = "SentinelGuard";
    private static readonly string Evidence = "0x" + new string('e', 64);

    public static Command Create()
    {
        Command command = new("guard-gas", "Gas of every call of the guard contract.");
        command.SetAction(async (_, _) =>
        {
            await RunAsync();
            return 0;
        });
        return command;
    }

    private static async Task RunAsync()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var actor = EvmAddress.Parse("0x00000000000000000000000000000000000d0c01");
        await network.AdministerAsync("setValidators", [Validators(4)]);
        await ShowAsync(network, "quarantineNode (no validator, first)", network.Automation, "quarantineNode",
            Order("node:x", 1));
        await ShowAsync(network, "quarantineNode (no validator, second)", network.Automation, "quarantineNode",
            Order("node:y", 2));
        await ShowAsync(network, "quarantineNode (1 of 4 validators)", network.Automation, "quarantineNode",
            Order("node:v-1", 3));
        await ShowAsync(network, "revokeGrant", network.Automation, "revokeGrant", Order("g-5", 4));
        await ShowAsync(network, "suspendActor", network.Automation, "suspendActor", Order(actor, 5));
        await EnrollAsync(network, "org:a", 20);
        await ShowAsync(network, "suspendActor (of an organization, first)", network.Automation, "suspendActor", Order(Person(1), 7));
        await ShowAsync(network, "suspendActor (of an organization, second)", network.Automation, "suspendActor", Order(Person(2), 8));
        await ShowAsync(network, "pauseContract", network.Automation, "pauseContract", Order("DataToken", 9));
        object?[] renewal = [Key(9), await NowAsync(network) + 7_200, Evidence, "person:olga"];
        await ShowAsync(network, "renew (first person)", network.Restorer, "renew", renewal);
        await ShowAsync(network, "renew (second person)", network.SecondRestorer, "renew", renewal);
        object?[] release = ["node:x", Key(1), Evidence, "person:olga"];
        await ShowAsync(network, "releaseNode (first person)", network.Restorer, "releaseNode", release);
        await ShowAsync(network, "releaseNode (second person)", network.SecondRestorer, "releaseNode", release);
        await ShowAsync(network, "setProtected", network.Admin, "setProtected", 0, "node:er", true);
        await ShowAsync(network, "pause", network.Restorer, "pause");
        await network.AdministerAsync("unpause");
        await network.AdministerAsync("setLimits", 0, 1_000, 256, 3600, 86_400);
        await network.AdministerAsync("setSafeguards", 600, 1_000);
        for (var number = 0; number < 200; number++)
            await network.SendAsync(network.Automation, Guard, "quarantineNode", Order($"node:c-{number}", 1_000 + number));
        await ShowAsync(network, "quarantineNode (200 in force)", network.Automation, "quarantineNode", Order("node:z", 10));
        await network.AdministerAsync("setValidators", [Validators(128)]);
        await ShowAsync(network, "quarantineNode (1 of 128 validators)", network.Automation, "quarantineNode",
            Order("node:v-2", 6));
    }

    private static EvmAddress Person(int number) => EvmAddress.Parse($"0x{0xd0c0000 + number:x40}");

    private static async Task EnrollAsync(AnvilNetwork network, string organization, int count)
    {
        for (var i = 1; i <= count; i++)
            await network.SendAsync(network.Admin, "IdentityRegistry", "enroll", Person(i), "clinician", organization);
    }

    private static async Task<long> NowAsync(AnvilNetwork network) => Hex.ToLong(
        (await network.Node.Rpc.CallAsync("eth_getBlockByNumber", CancellationToken.None, "latest", false)).GetProperty("timestamp").GetString());

    private static async Task ShowAsync(AnvilNetwork network, string what, EvmAddress from, string function,
        params object?[] values)
    {
        var receipt = await network.SendWithGasAsync(from, 20_000_000, Guard, function, values);
        Console.WriteLine($"{{\"call\":\"{what}\",\"gas\":{receipt.GasUsed},\"passed\":{(receipt.IsSuccess ? "true" : "false")}}}");
    }

    private static object?[] Validators(int count) => [.. Enumerable.Range(1, count).Select(number => $"node:v-{number}")];

    private static object?[] Order(object target, int key) => [target, 3600L, long.MaxValue, Key(key), "inc-7", Evidence];

    private static string Key(int number) => Hex.Data(Keccak256.Hash($"action {number}"));
}
