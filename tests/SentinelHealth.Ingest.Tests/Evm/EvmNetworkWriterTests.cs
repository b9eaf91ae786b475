using System.Text.Json;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Evm;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Testing;
using static SentinelHealth.Ingest.Tests.Evm.NativeRecord;

namespace SentinelHealth.Ingest.Tests.Evm;

/// <summary>Every method goes onto a real chain and comes back as the record that was sent.</summary>
public sealed class EvmNetworkWriterTests
{
    private const string Hash = "0xe1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1";
    private static readonly string[] Scope = ["imaging", "laboratory"];

    [Fact]
    public async Task Every_method_of_the_network_survives_the_way_over_a_chain()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var writer = new EvmNetworkWriter(network.Node.Rpc, network.Deployment, EvmBlockTimes.OfNode, TimeProvider.System);
        var seen = new HashSet<string>();

        foreach (var record in EveryMethod())
        {
            var sent = await writer.SendAsync(record, CancellationToken.None);

            var expected = JsonSerializer.Deserialize<JsonElement>(record);
            var name = $"{expected.GetProperty("contract")}.{expected.GetProperty("method")}";
            Assert.True(sent!.IsSuccess, $"{name} was reverted.");
            AssertSame(name, expected, await EventOfAsync(network, sent));
            Assert.True(seen.Add(name), $"{name} is listed twice.");
        }
        Assert.Equal(MethodsOfTheContracts(), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_event_that_was_reverted_fails_on_the_chain_as_well()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var writer = new EvmNetworkWriter(network.Node.Rpc, network.Deployment, EvmBlockTimes.OfNode, TimeProvider.System);

        var sent = await writer.SendAsync(Access("r-1", status: "reverted"), CancellationToken.None);

        Assert.False(sent!.IsSuccess);
        Assert.Equal($"{sent.TransactionHash}:r", sent.EventId);
    }

    [Fact]
    public async Task Blocks_take_the_events_times_and_never_run_backwards()
    {
        var start = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        await using var network = await AnvilNetwork.StartAsync(new AnvilOptions { StartsAt = start });
        var writer = new EvmNetworkWriter(network.Node.Rpc, network.Deployment, EvmBlockTimes.OfEvents, TimeProvider.System);

        var first = await EventOfAsync(network, (await writer.SendAsync(Access("r-1"), CancellationToken.None))!);
        var second = await EventOfAsync(network, (await writer.SendAsync(Access("r-2"), CancellationToken.None))!);

        Assert.Equal("2026-11-02T08:14:03Z", first.GetProperty("time").GetString());
        Assert.Equal("2026-11-02T08:14:04Z", second.GetProperty("time").GetString());
    }

    [Fact]
    public async Task What_is_no_transaction_of_the_network_is_left_alone()
    {
        await using var network = await AnvilNetwork.StartAsync();
        var writer = new EvmNetworkWriter(network.Node.Rpc, network.Deployment, EvmBlockTimes.OfNode, TimeProvider.System);

        Assert.Null(await writer.SendAsync("""{"schema":"sentinel.biometric-query.v1","id":"bq-1"}"""u8.ToArray(), CancellationToken.None));
        Assert.Null(await writer.SendAsync(Of("ConsensusLayer", "reorganization", new { depth = 1 }), CancellationToken.None));
        Assert.Null(await writer.SendAsync(Of("AccessRegistry", "noSuchMethod", new { }), CancellationToken.None));
    }

    private static IEnumerable<byte[]> EveryMethod()
    {
        var (subject, purpose, grantee, expiresAt) = ("patient:9f3c", "TREAT", "org:hospital-a", "2026-12-02T00:00:00Z");
        yield return Of("ConsentRegistry", "grantConsent", new { grantee, scope = Scope, expiresAt }, new { subject, purpose, consentId = "c-81" });
        yield return Of("ConsentRegistry", "revokeConsent", new { purgeDueAt = expiresAt }, new { subject, consentId = "c-81" });
        yield return Of("ConsentRegistry", "purgeRecord", new { recordId = "r-77" }, new { subject });
        yield return Of("AccessRegistry", "grantAccess", new { grantee = Nurse, scope = Scope, expiresAt }, new { subject, purpose, grantId = "g-5", consentId = "c-81" });
        yield return Of("AccessRegistry", "revokeAccess", new { }, new { subject, grantId = "g-5" });
        yield return Of("AccessRegistry", "recordAccess", new { recordId = "r-77", category = "imaging", credentialId = "vc-12" }, new { subject, purpose, grantId = "g-6" });
        yield return Of("AccessRegistry", "decryptKey", new { keyId = "key-1", category = "imaging" }, new { subject, purpose, consentId = "c-81" });
        var (nodeId, nodeOrganization) = ("node:clinic-9", "clinic-9");
        yield return Of("NodeRegistry", "proposeNode", new { nodeId, nodeOrganization, fingerprint = "0123456789abcdef0123456789abcdef" });
        yield return Of("NodeRegistry", "vote", new { nodeId, approve = true });
        yield return Of("NodeRegistry", "admitNode", new { nodeId, nodeOrganization });
        yield return Of("NodeRegistry", "removeNode", new { nodeId, nodeOrganization });
        yield return Of("NodeRegistry", "heartbeat", new { version = "1.4.2" });
        yield return Of("IdentityRegistry", "createDid", new { did = Nurse });
        yield return Of("IdentityRegistry", "rotateKey", new { did = Nurse, keyId = "key-2", algorithm = "ES256K" });
        yield return Of("IdentityRegistry", "addDelegate", new { did = Doctor, @delegate = Nurse });
        yield return Of("IdentityRegistry", "issueCredential", new { credentialId = "vc-12", holder = Nurse, role = "nurse" });
        yield return Of("IdentityRegistry", "revokeCredential", new { credentialId = "vc-12", holder = Nurse });
        yield return Of("IdentityRegistry", "setRole", new { holder = Nurse, role = "nurse" });
        yield return Of("ProofVerifier", "verifyProof", new { proofHash = Hash, nullifier = Hash, verificationKeyId = "vk-1", valid = false }, new { purpose });
        yield return Of("ModelRegistry", "submitUpdate", new { modelId = "m-1", round = 7, updateNorm = 1.2345, cosine = -0.9121, provenance = Hash });
        yield return Of("ModelRegistry", "aggregate", new { modelId = "m-1", round = 7 });
        yield return Of("ModelRegistry", "publishModel", new { modelId = "m-1", round = 7 });
        yield return Of("DataToken", "mint", new { to = Doctor, datasetId = "ds-1" }, new { amount = 100.5 });
        yield return Of("DataToken", "transfer", new { to = Nurse, datasetId = "ds-1" }, new { amount = 40.25 });
        yield return Of("DataToken", "redeem", new { to = grantee, datasetId = "ds-1" }, new { amount = 60.25 });
        yield return Of("Escrow", "fund", new { escrowId = "es-4", payee = Nurse, grantId = "g-5" }, new { amount = 12 });
        yield return Of("Escrow", "release", new { escrowId = "es-4", payee = Nurse }, new { amount = 12 });
        yield return Of("Escrow", "refund", new { escrowId = "es-4", payee = Nurse }, new { amount = 0.01 });
        yield return Of("ClaimsLedger", "submitClaim", new { claimId = "cl-9", encounterId = "en-3", code = "99213" }, new { subject, amount = 1200.75 });
        yield return Of("ClaimsLedger", "adjudicate", new { claimId = "cl-9", outcome = "approved" }, new { subject });
        yield return Of("ClaimsLedger", "pay", new { claimId = "cl-9", payee = Doctor }, new { subject, amount = 1200.75 });
        yield return Of("Governance", "grantRole", new { role = "OPERATOR", account = Nurse });
        yield return Of("Governance", "revokeRole", new { role = "OPERATOR", account = Nurse });
        yield return Of("Governance", "upgrade", new { target = "ConsentRegistry", implementation = "0x00000000000000000000000000000000000d0c09" });
        yield return Of("Governance", "pause", new { target = "ConsentRegistry" });
        yield return Of("Governance", "unpause", new { target = "ConsentRegistry" });
        yield return Of("Governance", "setParameter", new { name = "blockPeriodSeconds", value = 5 });
        yield return Of("RecordAnchor", "anchorRecord", new { recordId = "r-77", recordHash = Hash }, new { subject });
    }

    private static IEnumerable<string> MethodsOfTheContracts() =>
        ContractAbi.ShippedNames.Where(name => name != "SentinelGuard")
            .SelectMany(name => ContractAbi.Load(name).Functions
                .Where(function => function.Inputs.Count > 0 && function.Inputs[0].Name == "node")
                .Select(function => $"{name}.{function.Name}"))
            .Order(StringComparer.Ordinal);

    private static async Task<JsonElement> EventOfAsync(AnvilNetwork network, EvmSent sent)
    {
        var rpc = network.Node.Rpc;
        var receipt = EvmReceipt.Read(await rpc.CallAsync("eth_getTransactionReceipt", CancellationToken.None, sent.TransactionHash))!;
        var block = EvmBlock.Read(await rpc.CallAsync("eth_getBlockByNumber", CancellationToken.None, Hex.Quantity(receipt.Block), true))!;
        var decoder = new EvmEventDecoder("test", network.Deployment.Contracts.Select(pair =>
            KeyValuePair.Create(EvmAddress.Parse(pair.Value), ContractAbi.Load(pair.Key))));
        var record = decoder.DecodeLog(Assert.Single(receipt.Logs), block, receipt);
        Assert.True(new NativeEventDecoder().TryDecode(record, new SentinelEvent(), out var rejection), rejection.Detail);
        var json = JsonSerializer.Deserialize<JsonElement>(record);
        Assert.Equal(sent.EventId, json.GetProperty("id").GetString());
        return json;
    }

    private static void AssertSame(string name, JsonElement expected, JsonElement actual)
    {
        foreach (var member in expected.EnumerateObject().Where(member => member.Name is not ("id" or "time" or "args")))
            AssertMember(name, member, actual);
        foreach (var argument in expected.GetProperty("args").EnumerateObject())
            AssertMember(name, argument, actual.GetProperty("args"));
        Assert.Equal(expected.GetProperty("args").EnumerateObject().Count(), actual.GetProperty("args").EnumerateObject().Count());
    }

    private static void AssertMember(string name, JsonProperty expected, JsonElement actual)
    {
        Assert.True(actual.TryGetProperty(expected.Name, out var value), $"{name} lost {expected.Name}: {actual}");
        Assert.True(JsonElement.DeepEquals(expected.Value, value), $"{name}.{expected.Name} was {expected.Value}, came back as {value}.");
    }
}
