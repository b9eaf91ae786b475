using SentinelHealth.Ingest.Evm;
using SentinelHealth.Testing;

namespace SentinelHealth.Integration.Tests;

public sealed class LedgerDeployTests
{
    [Fact]
    public async Task The_contracts_are_put_on_a_node_and_doctor_finds_them()
    {
        await using var node = await AnvilNode.StartAsync();
        using var folder = new TemporaryFolder();
        var file = folder.File("deployment.json");

        await using var deploy = SentinelProcess.Start(
            new Dictionary<string, string>(), "ledger", "deploy", "--endpoint", node.Endpoint.ToString(), "--out", file);
        await Patience.UntilAsync(() => deploy.HasExited, () => deploy.Said);
        var deployment = EvmDeployment.FromJson(await File.ReadAllTextAsync(file));
        var settings = new Dictionary<string, string>
        {
            ["SENTINELHEALTH__Web__Urls__0"] = "http://127.0.0.1:0",
            ["SENTINELHEALTH__Ledger__Kind"] = "Evm",
            ["SENTINELHEALTH__Ledger__Evm__Endpoint"] = node.Endpoint.ToString(),
            ["SENTINELHEALTH__Ledger__Evm__DeploymentFile"] = file,
            ["SENTINELHEALTH__Ledger__Evm__AutomationAccount"] = deployment.AutomationAccount,
            ["SENTINELHEALTH__Ledger__Evm__RestorerAccount"] = deployment.RestorerAccount,
            ["SENTINELHEALTH__Ledger__Evm__SecondRestorerAccount"] = deployment.SecondRestorerAccount,
        };
        await using var doctor = SentinelProcess.Start(settings, "doctor", "--data", folder.File("data"));
        await Patience.UntilAsync(() => doctor.HasExited, () => doctor.Said);

        Assert.Equal((0, 0), (deploy.ExitCode, doctor.ExitCode));
        Assert.Contains("EVM ledger, block", doctor.Said, StringComparison.Ordinal);
    }
}
